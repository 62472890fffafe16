"""The routes about cases: prepare, check, submit, list, read back."""
