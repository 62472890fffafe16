"""The words of notifications: templates with named fields, in each language."""
