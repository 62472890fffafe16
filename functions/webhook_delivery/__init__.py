"""Calls webhooks."""
