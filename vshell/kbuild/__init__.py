"""make: Python module source to .ko."""
