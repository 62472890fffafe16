"""The routes about prescriptions: which there are, fetch one, print that a case was sent."""
