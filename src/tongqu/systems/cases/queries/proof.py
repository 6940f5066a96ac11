"""The photos that show whether a case is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tongqu.kernel.geometry import distance_m
from tongqu.shared.evidence.analytics.nearness import cells_within
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.finding import newer_photos_near
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.kinds import PhotoRule, Purpose, VerifyBy
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.proof import Shot

WIDEST_M = 1000
"""No photo farther away than this shows anything of a case."""


def shots_of(case: Case, evidence: Iterable[Evidence]) -> list[Shot]:
    """Return the photos among the evidence, measured against the case."""
    return [shot_of(case, item) for item in evidence if item.kind == "photo"]


def shot_of(case: Case, photo: Evidence) -> Shot:
    """Return one photo, measured against the case."""
    distance = None
    if case.lon is not None and case.lat is not None and photo.lon is not None and photo.lat is not None:
        distance = float(distance_m(case.lon, case.lat, photo.lon, photo.lat))
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


def newer_photos(case: Case, person: Person, *, at: datetime, limit: int = 12) -> list[Evidence]:
    """Return photos in the person's sight that could show that the handled case is done, the nearest first."""
    if case.matter is None or case.handled_at is None or case.lon is None or case.lat is None:
        return []
    radius_m = case.terms.verify_radius_m
    found = newer_photos_near(case.lon, case.lat, case.handled_at, radius_m, person=person, at=at)
    return [near.evidence for near in found[:limit]]


def handled_cases_near(photo: Evidence) -> list[Case]:
    """Return the handled cases whose matter counts on photos and which the photo could show as done."""
    if photo.lon is None or photo.lat is None or photo.taken_at is None:
        return []
    waiting = Case.objects.filter(
        closed_at__isnull=True,
        state=State.HANDLED,
        cell__in=cells_within(photo.lon, photo.lat, WIDEST_M),
        matter__isnull=False,
    ).select_related("matter", "matter_version")
    return [case for case in waiting if case.terms.photo_rule != PhotoRule.NONE and could_show(photo, case)]


def could_show(photo: Evidence, case: Case) -> bool:
    """Answer whether the photo is new and near enough, and not of the one who did the work."""
    if photo.stored_by_ref == case.handled_by_ref:
        return False
    shot = shot_of(case, photo)
    if case.terms.verify_by == VerifyBy.AIR and not shot.from_air:
        return False
    return shot.shows(handled_at=case.handled_at, radius_m=case.terms.verify_radius_m, place_known=True)
