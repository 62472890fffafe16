"""Tools of the project itself: they write what is generated, and call functions without a stack."""
