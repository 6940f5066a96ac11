"""Registers photos of one place: which pixel of the one is which pixel of the other, and how well that is known."""
