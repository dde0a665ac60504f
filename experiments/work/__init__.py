"""What the commands do, without printing: each returns a record."""
