"""Deadlines: what happens by itself because it is time for it."""
