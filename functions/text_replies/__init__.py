"""Answers text messages that come in."""
