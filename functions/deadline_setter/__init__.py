"""Sets the deadlines of periods, Case Days and planning sessions."""
