"""The facts, in one chain. Rows are only ever added; the database itself refuses anything else."""

from __future__ import annotations

import json
from typing import Any, ClassVar, NoReturn

from django.db import models

from tongqu.shared.journal.rules import chain_hash, instant_text


class AppendOnly(Exception):
    """A recorded fact was to be changed or deleted."""

    def __init__(self) -> None:
        super().__init__("The journal is append-only: a recorded fact can be neither changed nor deleted.")


class FactQuerySet(models.QuerySet["Fact"]):
    """Reads facts; refuses to change them."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class Fact(models.Model):
    """One act: who did what to what, what it was before and after, on which evidence."""

    seq = models.BigIntegerField(primary_key=True)
    id = models.UUIDField(unique=True)
    at = models.DateTimeField(db_index=True)
    actor_ref = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=100)
    actor_unit = models.CharField(max_length=40, blank=True)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    subject_label = models.CharField(max_length=200, blank=True)
    division_path = models.CharField(max_length=15, blank=True)
    unit_path = models.CharField(max_length=300, blank=True)
    before = models.TextField(default="{}")
    after = models.TextField(default="{}")
    evidence = models.TextField(default="[]")
    note = models.TextField(blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Fact]] = models.Manager.from_queryset(FactQuerySet)()

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "seq"], name="facts_of_a_subject"),
            models.Index(fields=["verb", "seq"], name="facts_by_verb"),
            models.Index(fields=["actor_ref", "seq"], name="facts_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.subject_kind}:{self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; refuse to write over a fact that stands."""
        if not self._state.adding:
            raise AppendOnly
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def hashed_fields(self) -> tuple[str, ...]:
        """Return everything that the hash binds, as text."""
        return (
            str(self.seq), str(self.id), instant_text(self.at), self.actor_ref, self.actor_name, self.actor_unit,
            self.verb, self.subject_kind, self.subject_id, self.subject_label, self.division_path, self.unit_path,
            self.before, self.after, self.evidence, self.note,
        )  # fmt: skip

    def expected_hash(self) -> str:
        """Return the hash that the fields and the previous hash give."""
        return chain_hash(self.previous_hash, self.hashed_fields())

    @property
    def before_values(self) -> dict[str, Any]:
        """The state before the act."""
        values: dict[str, Any] = json.loads(self.before)
        return values

    @property
    def after_values(self) -> dict[str, Any]:
        """The state after the act."""
        values: dict[str, Any] = json.loads(self.after)
        return values

    @property
    def evidence_hashes(self) -> list[str]:
        """SHA-256 of each piece of evidence the act rests on."""
        hashes: list[str] = json.loads(self.evidence)
        return hashes


class ChainHead(models.Model):
    """The end of the chain: one row, locked while facts are appended."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_chain")]

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:12]}"


class Delivered(models.Model):
    """A fact has reached a subscriber: written with the subscriber's own rows, so that it is told only once."""

    fact_id = models.UUIDField()
    subscriber = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact_id", "subscriber"], name="one_delivery_per_subscriber")
        ]

    def __str__(self) -> str:
        return f"{self.fact_id} -> {self.subscriber}"


class Verification(models.Model):
    """A walk along the chain: how far it went and what it found."""

    at = models.DateTimeField()
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    seconds = models.FloatField()
    fault = models.CharField(max_length=12, blank=True)
    fault_seq = models.BigIntegerField(null=True)
    says = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.fault or 'sound'}"
