"""What evidence may be, and what a photo says of itself."""
