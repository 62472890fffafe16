"""Finds the schedules of match runs; the one function with the solver."""
