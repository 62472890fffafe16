"""Drawing a prescription: the one place that knows the library which makes PDF."""
