"""Sends e-mails and text messages."""
