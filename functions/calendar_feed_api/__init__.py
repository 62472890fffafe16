"""The route of calendars that subscribe to somebody's Case Days."""
