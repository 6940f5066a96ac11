"""Crunches: rows in, rows out; hot issues among messages, sheets of a hotline. No Django."""
