"""Forms of the case pages: the report, the filters, and one form for each move."""
