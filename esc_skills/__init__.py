"""ESC-Skills: mine, evolve and deploy skills of support dialogue."""
