"""Registers the evidence app."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The evidence app (label `evidence`)."""

    name = "tongqu.shared.evidence"
    label = "evidence"
