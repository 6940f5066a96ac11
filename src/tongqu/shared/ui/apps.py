"""Registers the ui app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The ui app (label `ui`)."""

    name = "tongqu.shared.ui"
    label = "ui"
