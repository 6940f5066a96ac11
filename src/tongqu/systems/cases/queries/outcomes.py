"""Conditions on how cases went: handled late, sent back, opened again."""

from __future__ import annotations

from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact


def came_out(outcome: str) -> Q:
    """Return the condition that a case was `closed`, `rejected`, handled `late`, `returned` by a unit or `reopened`."""
    match outcome:
        case "closed" | "rejected":
            return Q(closed_at__isnull=False, state=outcome)
        case "late":
            number = Cast(OuterRef("pk"), CharField())
            late = Duty.objects.filter(subject_kind="case", subject_id=number, kind="handle", is_late=True)
            return Q(Exists(late))
        case "returned":
            return Q(returns__gt=0)
        case "reopened":
            facts = Fact.objects.filter(verb="case.reopened").order_by()
            return Q(pk__in=facts.values(number=Cast("subject_id", BigIntegerField())))
        case _:
            return Q()
