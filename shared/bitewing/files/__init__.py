"""The files of a case: announced, sent straight to storage, inspected, kept or quarantined."""
