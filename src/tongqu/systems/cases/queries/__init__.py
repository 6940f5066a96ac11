"""Reads cases and matters, scoped to the person who asks."""
