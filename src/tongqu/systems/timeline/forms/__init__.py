"""The forms of the time axis."""
