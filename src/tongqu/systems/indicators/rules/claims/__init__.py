"""The reading of reports: from a text to the claims that it makes, and how they agree with what is known."""
