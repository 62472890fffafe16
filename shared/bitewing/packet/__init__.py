"""What a case carries, apart from its files: patient, items, words, dates, authorization."""
