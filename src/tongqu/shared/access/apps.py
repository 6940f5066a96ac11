"""Registers the access app."""

from importlib import import_module

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The access app (label `access`)."""

    name = "tongqu.shared.access"
    label = "access"

    def ready(self) -> None:
        """Make the jobs known and say how facts of access read."""
        import_module("tongqu.shared.access.jobs")
        import_module("tongqu.shared.access.pages.words").make_known()
