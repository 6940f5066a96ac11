"""Registers the access app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The access app (label `access`)."""

    name = "tongqu.shared.access"
    label = "access"
