"""The site app: composition only."""

from importlib import import_module

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Registers the composition (label `site`; it has no tables)."""

    name = "tongqu.site"
    label = "site"

    def ready(self) -> None:
        """Tell the story component how our acts read."""
        import_module("tongqu.site.operations.words").make_known()
