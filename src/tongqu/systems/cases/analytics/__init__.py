"""Reads and counts: data in, data out."""
