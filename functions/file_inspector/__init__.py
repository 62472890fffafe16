"""Looks at the bytes of a file that arrived; the one function with the heavy libraries."""
