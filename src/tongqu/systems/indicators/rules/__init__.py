"""Decides: what indicators mean, how figures are computed, ranked and scored."""
