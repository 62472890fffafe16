"""Starts the intake of each file that arrived."""
