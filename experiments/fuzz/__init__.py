"""Fuzzing: mutated inputs of every kind that is read, and files that unfold to a great size."""
