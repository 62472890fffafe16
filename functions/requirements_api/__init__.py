"""The routes about what labs want for each case type."""
