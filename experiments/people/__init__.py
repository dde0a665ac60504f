"""Sets of seekers: what a user asks for, what cards tell, and the grid of people to be written."""
