"""What readers choose on the pages of the indicators."""
