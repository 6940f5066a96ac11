"""A subscriber that writes a row for each fact it is told, and takes no care to do so only once."""
