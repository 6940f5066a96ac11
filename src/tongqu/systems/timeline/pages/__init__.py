"""The pages of the time axis."""
