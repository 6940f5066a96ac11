"""Registers the duties app."""

from importlib import import_module

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    """The duties app (label `duties`)."""

    name = "tongqu.shared.duties"
    label = "duties"

    def ready(self) -> None:
        """Make the jobs known, and the words of the facts."""
        import_module("tongqu.shared.duties.jobs")
        import_module("tongqu.shared.duties.pages.words").register_words()
