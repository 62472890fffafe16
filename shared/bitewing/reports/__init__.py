"""What is told of many cases together, in numbers without names."""
