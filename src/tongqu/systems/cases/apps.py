"""Registers the cases system."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The cases system (label `cases`)."""

    name = "tongqu.systems.cases"
    label = "cases"

    def ready(self) -> None:
        """Have newer photos looked at as they come in."""
        on = import_module("tongqu.shared.journal.actions").on
        on("evidence.stored", import_module("tongqu.systems.cases.actions.photos").photo_stored)
