"""Serves inboxes, and how people want to be told of things."""
