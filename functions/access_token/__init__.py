"""Puts into an access token whom its bearer works for."""
