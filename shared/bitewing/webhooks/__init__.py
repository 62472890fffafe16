"""Webhooks: what happens to a lab's cases, told to the lab's own system."""
