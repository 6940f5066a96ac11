"""Decides: what indicators mean, how figures are computed, ranked and scored, and what texts claim."""
