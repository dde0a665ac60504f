"""Words of a text, as the signatures know them."""

from esc_skills.signatures.words import words

__all__ = ["words"]
