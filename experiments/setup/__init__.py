"""Before work starts: configuration, models by name, and what an experiment is given."""
