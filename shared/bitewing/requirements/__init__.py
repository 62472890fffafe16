"""What labs want: case types, the selections of each, and each lab's requirement profiles."""
