"""Mails what happened to cases to their practices."""
