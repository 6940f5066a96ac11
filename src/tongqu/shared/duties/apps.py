"""Registers the duties app."""

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    """The duties app (label `duties`)."""

    name = "tongqu.shared.duties"
    label = "duties"
