"""Defines indicators, records figures and holds contests: the only place that writes."""
