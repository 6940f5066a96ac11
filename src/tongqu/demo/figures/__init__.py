"""Figures of the demo: real ones of the press, and beside them invented ones that say so in their names."""
