"""The simulated seeker, the dialogue that it plays, and probes of the simulation."""
