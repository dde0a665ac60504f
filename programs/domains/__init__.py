"""Domains: the packaged ones, a folder each, and how one is read."""
