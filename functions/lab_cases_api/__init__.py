"""The routes of a lab that starts a case itself, and asks its practice to mend it without an account."""
