"""Crunches: the index of places, and the checking of a region's folder."""
