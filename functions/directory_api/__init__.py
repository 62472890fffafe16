"""The routes about practices, labs and their connections."""
