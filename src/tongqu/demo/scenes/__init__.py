"""Invented drone photos: the ground as metres, seen through a true pinhole camera, with true metadata."""
