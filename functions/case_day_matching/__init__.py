"""The steps that bring a schedule from its proposal to the answers of those who are asked."""
