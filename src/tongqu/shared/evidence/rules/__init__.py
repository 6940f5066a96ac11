"""What evidence may be, and what a photo says of itself: pure rules, no Django, no clock, no I/O."""
