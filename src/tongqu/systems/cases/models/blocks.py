"""Cases kept a second time as columns of numbers, from which maps and statistics count."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class CaseBlock(models.Model):
    """The open cases, or those reported in one month that have ended, packed by `analytics.records`."""

    key = models.CharField(max_length=7, primary_key=True)
    """`open`, or the month as 2026-09."""
    token = models.UUIDField(default=uuid.uuid4)
    """Changes with the content, so that what is kept in memory is known to be old."""
    count = models.PositiveIntegerField()
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class CaseBlocksState(models.Model):
    """Up to which fact of the journal the blocks are complete, and how they are laid out: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField()
    as_of = models.DateTimeField()
    layout = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_state_of_case_blocks")]

    def __str__(self) -> str:
        return f"{self.seq} {self.as_of}"
