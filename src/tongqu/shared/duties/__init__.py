"""Duties (责任): who owes what by when, for any subject; lamps, reminders, escalation and boards live here once."""
