"""The routes of Case Days: their teams, confirmation, changes and end."""
