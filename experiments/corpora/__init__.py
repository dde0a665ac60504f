"""Corpora of real conversations in the formats that people bring, read one by one."""
