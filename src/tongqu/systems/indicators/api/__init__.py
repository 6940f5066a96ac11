"""Indicators, figures and contests in the API."""
