"""The steps that hand a submitted case over to its lab."""
