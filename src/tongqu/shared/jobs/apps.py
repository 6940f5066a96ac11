"""Registers the jobs app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The jobs app (label `jobs`)."""

    name = "tongqu.shared.jobs"
    label = "jobs"
