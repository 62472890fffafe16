"""The routes of whoever wants no more mails."""
