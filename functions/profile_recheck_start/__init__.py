"""Starts checking open cases again for each profile that was published."""
