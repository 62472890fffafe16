"""Sets the deadlines of periods and Case Days."""
