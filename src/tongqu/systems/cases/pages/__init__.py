"""The pages of the cases system."""
