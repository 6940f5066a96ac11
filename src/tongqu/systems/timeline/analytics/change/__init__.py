"""Finds where the ground changed between aligned photos, and which changes last."""
