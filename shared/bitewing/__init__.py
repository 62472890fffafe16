"""Bitewing: what the product knows, one room per subject."""
