"""Models by role: calls, budget, cache, and parsing of answers."""
