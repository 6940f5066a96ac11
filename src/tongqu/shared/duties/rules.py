"""How lamps, reminders and escalation follow from time."""
