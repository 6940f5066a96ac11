"""Reads reports as a person may see them, and where one rests on a piece of evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.models.report import Report
from tongqu.systems.indicators.rules.claims.settling import ClaimState


def reports_seen_by(person: Person, at: datetime) -> QuerySet[Report]:
    """Return the reports within sight, the newest first, with how many claims each makes (`said`) and how many wait (`waiting`)."""
    rows = Report.objects.visible_to(person, at).select_related("evidence").defer("text")
    waiting = Count("claims", filter=Q(claims__state=ClaimState.NEW))
    return rows.annotate(said=Count("claims"), waiting=waiting).order_by("-known_at", "-pk")


def reports_on(evidence: Iterable[Evidence]) -> dict[int, int]:
    """Return the report that each piece of evidence is, by their primary keys; whoever asks may see the evidence."""
    pks = [each.pk for each in evidence]
    return dict(Report.objects.filter(evidence__in=pks).values_list("evidence", "pk")) if pks else {}
