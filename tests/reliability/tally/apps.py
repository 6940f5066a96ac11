"""Registers the tally app."""

from importlib import import_module

from django.apps import AppConfig


class TallyConfig(AppConfig):
    """The tally app."""

    name = "tests.reliability.tally"
    label = "tally"

    def ready(self) -> None:
        """Subscribe."""
        models = import_module("tests.reliability.tally.models")
        on = import_module("tongqu.shared.journal.actions").on
        import_module("tests.reliability.tally.jobs")
        on("case.*", models.count, name="tally cases")
        on("evidence.stored", models.count, name="tally photos")
