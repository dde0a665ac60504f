"""The search: what is tried, what is believed, what is kept."""
