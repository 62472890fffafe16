"""Tells the bus what was written to the table."""
