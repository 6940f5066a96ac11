"""The life cycle of a case."""
