"""The photos that show whether a case is done."""

from __future__ import annotations

from collections.abc import Iterable

from tongqu.kernel.geometry import distance_m
from tongqu.shared.evidence.models import Evidence
from tongqu.systems.cases.models import Case
from tongqu.systems.cases.rules import Purpose, Shot


def shots_of(case: Case, evidence: Iterable[Evidence]) -> list[Shot]:
    """Return the photos among the evidence, measured against the case."""
    return [shot_of(case, item) for item in evidence if item.kind == "photo"]


def shot_of(case: Case, photo: Evidence) -> Shot:
    """Return one photo, measured against the case."""
    distance = None
    if None not in (case.lon, case.lat, photo.lon, photo.lat):
        distance = distance_m(case.lon, case.lat, photo.lon, photo.lat)
    return Shot(photo.taken_at, distance, from_air=photo.height_ground_m is not None)


def proof_of(case: Case) -> list[Evidence]:
    """Return what verified the case since it was last handled."""
    if case.handled_at is None:
        return []
    return list(
        Evidence.objects.filter(
            case_uses__case=case,
            case_uses__purpose=Purpose.VERIFICATION,
            case_uses__added_at__gte=case.handled_at,
        )
    )
