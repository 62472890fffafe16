"""The routes of teams: who is asked for a Case Day, who could be, and what they answer."""
