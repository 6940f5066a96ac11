"""Registers the region app."""

from django.apps import AppConfig


class RegionConfig(AppConfig):
    """The region app (label `region`)."""

    name = "tongqu.shared.region"
    label = "region"
