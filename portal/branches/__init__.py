"""What a branch team sets: which dispositifs are open to its branch, and dated parameters."""
