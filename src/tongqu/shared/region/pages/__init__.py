"""The region pages: divisions, units, the calendar and the import."""
