"""The routes of planning: hours and blocks of labs, sessions of cases."""
