"""The routes of the patients of Case Days, and of the lab work that they need."""
