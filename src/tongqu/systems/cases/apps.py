"""Registers the cases system."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The cases system (label `cases`)."""

    name = "tongqu.systems.cases"
    label = "cases"
