"""Tournaments as they ended, behind the tables of the documents."""
