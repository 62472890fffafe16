"""The routes of schedules, and of calendars to subscribe to."""
