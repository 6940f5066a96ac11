"""Tokens of the API, and the sessions that people have open."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.access.rules import device_name
from tongqu.shared.region.models import Person

if TYPE_CHECKING:
    from datetime import datetime


class Token(models.Model):
    """A bearer token: only its SHA-256 is kept, and its first letters to know it again."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="tokens", verbose_name=_("person")
    )
    name = models.CharField(_("what it is for"), max_length=60)
    prefix = models.CharField(_("first letters"), max_length=12)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.CharField(_("scopes"), max_length=400, help_text=_("separated by spaces"))
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    last_used_from = models.CharField(_("last used from"), max_length=45, blank=True)

    objects: ClassVar[models.Manager[Token]] = models.Manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="token_expires_after_it_is_made"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"

    @property
    def scope_set(self) -> frozenset[str]:
        """The scopes as a set."""
        return frozenset(self.scopes.split())

    def is_valid(self, at: datetime) -> bool:
        """Answer whether the token opens anything at the instant."""
        return self.revoked_at is None and at < self.expires_at and self.person.is_active


class OpenSession(models.Model):
    """A signed-in session: whose it is, from which device and address, when it was last seen."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="open_sessions", verbose_name=_("person")
    )
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    device = models.CharField(_("device"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    opened_at = models.DateTimeField(_("signed in"))
    seen_at = models.DateTimeField(_("last seen"))

    objects: ClassVar[models.Manager[OpenSession]] = models.Manager()

    class Meta:
        ordering = ["-seen_at", "-id"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"{self.person} · {self.address}"

    @property
    def device_name(self) -> str:
        """The browser and the system in words."""
        return device_name(self.device)
