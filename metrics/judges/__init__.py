"""Judges: DSPy modules that read a finished dialogue and grade it, with evidence that is checked.

They stand beside SAGE's score and never enter it. A judge that fails is missing data, no grade.
"""
