"""Mails: what practices are told by e-mail, and how."""
