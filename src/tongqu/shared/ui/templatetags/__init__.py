"""Template tags of the page shell and its components."""
