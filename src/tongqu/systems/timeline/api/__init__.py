"""The routes of the time axis in the API."""
