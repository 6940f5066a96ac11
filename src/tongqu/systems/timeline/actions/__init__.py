"""What is written on the time axis."""
