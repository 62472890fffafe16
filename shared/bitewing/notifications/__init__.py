"""Notifications: who hears of what, where, when and in which words."""
