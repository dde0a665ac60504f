"""Judges: DSPy modules that read a finished dialogue and grade it, with evidence that is checked.

Judges complement the SAGE score and never enter it. A failed judge is missing data, not a grade.
"""
