"""How answers of models are read: tolerant of form, strict about meaning; a score is never guessed."""
