"""The routes of what everybody sees first, of announcements, and of the own account."""
