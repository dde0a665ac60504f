"""Figures about the words of replies: overlap with real ones, length, spreading phrases."""
