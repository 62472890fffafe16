"""Keeps what the provider of mails tells of them later."""
