"""What is said of the matters: reports, handling, checks, in the words of those who write them."""
