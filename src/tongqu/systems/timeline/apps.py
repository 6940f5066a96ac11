"""Registers the time axis."""

from django.apps import AppConfig


class TimelineConfig(AppConfig):
    """The time axis (label `timeline`)."""

    name = "tongqu.systems.timeline"
    label = "timeline"
