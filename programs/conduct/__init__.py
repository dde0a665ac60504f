"""Conduct: rules as data for what skills may advise and replies may say, and their checker."""
