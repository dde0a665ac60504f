"""The HTTP server of a compiled supporter. An export carries this folder."""
