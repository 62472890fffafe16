"""Starts matching a period for each match run that was started."""
