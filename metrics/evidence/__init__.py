"""Statistics that know nothing of dialogues: sequential tests, intervals, variance, agreement."""
