"""The routes about who works with whom."""
