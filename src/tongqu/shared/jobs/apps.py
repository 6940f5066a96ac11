"""Registers the jobs app."""

from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The jobs app (label `jobs`)."""

    name = "tongqu.shared.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Make the jobs known."""
        import_module("tongqu.shared.jobs.jobs")
