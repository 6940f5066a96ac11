"""What the indicators decide."""
