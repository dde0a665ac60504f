"""How answers of models are read: tolerant of form, strict about meaning, no score guessed."""
