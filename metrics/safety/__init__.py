"""Rules that a skill, an edit or a reply must not break, and signs of danger to life."""
