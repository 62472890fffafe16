"""The routes of Case Days: their confirmation, changes and end."""
