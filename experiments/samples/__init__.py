"""Sample corpus, profiles and banks, written for this project."""
