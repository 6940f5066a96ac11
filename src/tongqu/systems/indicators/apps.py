"""Registers the indicators."""

from importlib import import_module

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """The indicators (label `indicators`)."""

    name = "tongqu.systems.indicators"
    label = "indicators"

    def ready(self) -> None:
        """Tell the store of evidence which of its files are reports that were read."""
        import_module("tongqu.systems.indicators.pages.telling").make_known()
