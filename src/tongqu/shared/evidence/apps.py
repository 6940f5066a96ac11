"""Registers the evidence app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """The evidence app (label `evidence`)."""

    name = "tongqu.shared.evidence"
    label = "evidence"
    verbose_name = _("evidence")

    def ready(self) -> None:
        """Make the jobs and the sentences known."""
        import_module("tongqu.shared.evidence.jobs")
        import_module("tongqu.shared.evidence.pages.words").make_known()
