"""The SAGE score and other statistics of emotions."""
