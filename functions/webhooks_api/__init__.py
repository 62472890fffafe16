"""Serves webhooks of labs."""
