"""What is read of the time axis."""
