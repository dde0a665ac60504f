"""The SAGE score, and what else the emotions of a dialogue tell."""
