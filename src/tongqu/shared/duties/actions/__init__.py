"""Changes duties.

`duty` opens, meets, cancels, pauses and hands over; `extension` gives more time; `rule_changes` changes thresholds and steps;
`reminders` reminds and escalates; `league` keeps the league's rows. `hold` is what every act shares.
"""
