"""Counts how well rules work."""
