"""Reminds people of cases that wait."""
