"""What is done on the time axis in the background."""
