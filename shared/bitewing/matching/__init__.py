"""Matching: which requests are served on which of their dates, and by which team; pure in, pure out."""
