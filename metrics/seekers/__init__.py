"""Realism of simulated seekers, and how well a set of seekers ranks supporters."""
