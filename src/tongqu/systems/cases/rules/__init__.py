"""Decides: the life cycle of a case, what proves it done, its kinds and names. No Django."""
