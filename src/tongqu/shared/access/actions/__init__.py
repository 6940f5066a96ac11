"""Writes of access: `sessions` (signing in and out), `tokens`, `people`."""
