"""Prints the prescription of a sending; the one function with the library that makes PDF."""
