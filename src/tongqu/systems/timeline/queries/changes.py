"""The changes between two photos as a person may see them: what became of each, what was said of it, and its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import shapely
from django.db.models import Count

from tongqu.shared.region.models import Person
from tongqu.systems.cases.queries.around import NearCase, cases_named
from tongqu.systems.timeline.analytics.change.ground import fate_over
from tongqu.systems.timeline.analytics.change.lasting import Fate, share_ground
from tongqu.systems.timeline.models.change import Comparison, GroundChange
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.pairs import laid_pair, views_in_sight
from tongqu.systems.timeline.rules.changes import METHOD, MOST_DATES, NotCompared, Progress, Verdict, Worth

_NEAR_DEG = 0.0005
"""Changes with a case whose middle lies within so many degrees may be the same place: some 50 m."""


@dataclass(frozen=True)
class Told:
    """One change: what became of it (None: not followed yet), its case, and whether it has one out of the person's sight.

    `case_nearby` is a case that another comparison of the same place led to.
    """

    change: GroundChange
    fate: Fate | None = None
    case: NearCase | None = None
    case_nearby: NearCase | None = None


@dataclass(frozen=True)
class PairChanges:
    """How far the comparison of a pair is, why it is refused, what was found; and over how many later dates it was followed."""

    before: PhotoView
    after: PhotoView
    state: Progress | None
    refused: NotCompared | None
    changes: Sequence[Told] = ()
    followed: int = 0
    waiting: int = 0


def changes_between(person: Person, before: PhotoView, after: PhotoView, *, at: datetime) -> PairChanges:
    """Return what is known of a pair in the person's sight, the older photo first.

    `state` is None while nobody asked for it. Only later photos in sight tell what became of a change.
    """
    laid = laid_pair(before, after)
    if isinstance(laid, NotCompared):
        return PairChanges(before, after, None, laid)
    rows = _comparisons_with(person, before, at)
    row = rows.get(after.pk)
    if row is None or row.state != Progress.DONE:
        refused = NotCompared(row.reason) if row is not None and row.reason else None
        return PairChanges(before, after, None if row is None else Progress(row.state), refused)
    later = [(each.common_ground, _shapes(each)) for each in rows.values() if each.state == Progress.DONE]
    waiting = sum(each.state == Progress.WAITING for each in rows.values())
    found = list(row.changes.all())
    fates = {change.pk: fate_over(change.shape, later) for change in found} if len(later) > 1 else {}
    told = _with_cases(person, found, fates)
    return PairChanges(before, after, Progress.DONE, None, told, len(later), waiting)


def _comparisons_with(person: Person, before: PhotoView, at: datetime) -> dict[int, Comparison]:
    """Return the comparisons of a photo with later ones in sight, in order of time, by the later photo."""
    rows = Comparison.objects.filter(before=before, method=METHOD).select_related("after")
    rows = rows.prefetch_related("changes").order_by("after__taken_us", "after")[:MOST_DATES]
    seen = views_in_sight(person, [row.after_id for row in rows], at=at)
    return {row.after_id: row for row in rows if row.after_id in seen}


def _shapes(row: Comparison) -> list[shapely.Geometry]:
    return [change.shape for change in row.changes.all()]


def _with_cases(person: Person, found: Sequence[GroundChange], fates: dict[int, Fate | None]) -> list[Told]:
    nearby = _cases_nearby(found)
    numbers = [*(change.case_number for change in found if change.case_number), *nearby.values()]
    cases = cases_named(person, numbers)
    return [
        Told(
            change, fates.get(change.pk), cases.get(change.case_number), cases.get(nearby.get(change.pk, ""))
        )
        for change in found
    ]


def _cases_nearby(found: Sequence[GroundChange]) -> dict[int, str]:
    """Return the number of a case that another comparison of the place led to, by change."""
    if not found:
        return {}
    lats, lons = [each.lat for each in found], [each.lon for each in found]
    others = GroundChange.objects.exclude(case_number="").filter(
        lat__range=(min(lats) - _NEAR_DEG, max(lats) + _NEAR_DEG),
        lon__range=(min(lons) - _NEAR_DEG, max(lons) + _NEAR_DEG),
    )
    known = [(other, other.shape) for other in others.order_by("-judged_at")[:200]]
    pairs = [
        (change.pk, other.case_number)
        for change in found
        if not change.case_number
        for other, shape in known
        if share_ground(change.shape, shape)
    ]
    return dict(reversed(pairs))


def change_in_sight(person: Person, number: int, *, at: datetime) -> GroundChange | None:
    """Return a change, or None unless both its photos are in the person's sight."""
    rows = GroundChange.objects.select_related("comparison__before", "comparison__after", "judged_by")
    change = rows.filter(pk=number).first()
    if change is None:
        return None
    pair = change.comparison
    seen = views_in_sight(person, [pair.before_id, pair.after_id], at=at)
    if len(seen) < 2:
        return None
    pair.before, pair.after = seen[pair.before_id], seen[pair.after_id]
    return change


def worth() -> Worth:
    """Return how many of the changes that people judged were changes, over the whole region."""
    rows = GroundChange.objects.exclude(verdict="").order_by().values_list("verdict").annotate(Count("pk"))
    counts = dict(rows)
    return Worth(counts.get(Verdict.REAL, 0), counts.get(Verdict.NONE, 0))
