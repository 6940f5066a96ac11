"""Registers the indicators."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """The indicators (label `indicators`)."""

    name = "tongqu.systems.indicators"
    label = "indicators"
