"""What good means: the SAGE score, its statistics, credit per skill, and safety."""
