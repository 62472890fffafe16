"""The routes about what many cases tell together."""
