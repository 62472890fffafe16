"""The routes of whoever has a correction link, and no account."""
