"""A synthetic Quzhou, built only through public actions and marked as invented."""
