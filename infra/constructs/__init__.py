"""Constructs that the features are made of: each closes the traps of its service once."""
