"""Registers the journal app."""

from importlib import import_module

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The journal app (label `journal`)."""

    name = "tongqu.shared.journal"
    label = "journal"

    def ready(self) -> None:
        """Make the jobs known."""
        import_module("tongqu.shared.journal.jobs")
