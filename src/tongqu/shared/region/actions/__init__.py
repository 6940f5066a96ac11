"""Writes the region: importing a folder, and the single acts on units, postings and the calendar."""
