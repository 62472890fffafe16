"""Serves rules and words of notifications, and what became of messages."""
