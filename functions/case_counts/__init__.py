"""Counts the cases on each list by color."""
