"""Registers the demo region."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo region (label `demo`)."""

    name = "tongqu.demo"
    label = "demo"
