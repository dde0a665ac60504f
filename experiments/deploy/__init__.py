"""The compiled program outside of the project: export and server."""
