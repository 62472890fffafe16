"""Lets matching go on when managers decide on a proposal."""
