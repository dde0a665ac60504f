"""Models by role: calls, their budget, their memory, and how answers are read."""
