"""Case Days: their teams, confirmations, patients and changes."""
