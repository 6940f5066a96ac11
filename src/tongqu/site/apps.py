"""The site app: composition only."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Registers the composition (label `site`; it has no tables)."""

    name = "tongqu.site"
    label = "site"
