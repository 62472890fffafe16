"""The routes about the people of an organization."""
