"""Tells people of facts."""
