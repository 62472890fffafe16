"""The routes of match runs: periods are matched, and managers decide on what is proposed."""
