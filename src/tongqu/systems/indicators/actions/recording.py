"""Records figures with the release that they came with; a revision is added beside what was known before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.periods import Period
from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor
from tongqu.systems.indicators.actions.keeping import check_keeper, required
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation, Release
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.figures import as_known, packed
from tongqu.systems.indicators.rules.rows import Row

Key = tuple[int, int, int, int]
"""Indicator, division, kind and period, as they are stored."""
_BATCH = 2000


@dataclass(frozen=True)
class Origin:
    """What figures come with."""

    title: str
    known_at: datetime
    source: str = ""
    evidence: Evidence | None = None
    spans: Mapping[tuple[str, str, Period, Kind], tuple[int, int]] = field(default_factory=dict)
    """Where in the text of the evidence a figure stands, by `Row.key`: first character, and the one after the last."""
    is_invented: bool = False


@dataclass(frozen=True)
class Recorded:
    """What became of the rows; `release` is None when nothing was new."""

    release: Release | None
    added: int
    revised: int
    unchanged: int


def together(recorded: Iterable[Recorded]) -> Recorded:
    """Return what became of the rows of several releases."""
    kept = list(recorded)
    added, revised, unchanged = (
        sum(getattr(each, name) for each in kept) for name in ("added", "revised", "unchanged")
    )
    return Recorded(None, added, revised, unchanged)


@dataclass
class _Known:
    """The vintages of one figure."""

    rows: list[Observation] = field(default_factory=list)

    def at(self, instant: datetime) -> Observation | None:
        return as_known(self.rows, instant)

    @property
    def next_revision(self) -> int:
        return max((row.revision for row in self.rows), default=0) + 1

    def newer_than(self, instant: datetime) -> bool:
        return any(row.known_at > instant for row in self.rows)


@acting
def record_figures(rows: Sequence[Row], origin: Origin, *, by: Actor, at: datetime) -> Recorded:
    """Record figures. What is known already with the same value and status is left alone.

    The instant of the release decides which vintage counts, so that an old bulletin can be recorded after a newer one. Raises
    `BadInput` for a release from the future, and for codes that are not known.
    """
    check_keeper(by)
    if origin.known_at > at:
        message = _("The release cannot be from the future. Correct since when the figures are known.")
        raise BadInput([Problem(message, code="future", field="known_at")])
    release = Release(
        title=required(origin.title, "title", 200),
        source=origin.source[:300],
        known_at=origin.known_at,
        evidence=origin.evidence,
        made_at=at,
        made_by_ref=by.actor_ref,
        made_by_name=by.actor_name,
        is_invented=origin.is_invented,
    )
    keyed = _keyed(rows)
    fresh, ended, revised = _fresh(keyed, release, origin)
    if not fresh:
        return Recorded(None, 0, 0, len(keyed))
    release.save()
    for start in range(0, len(ended), _BATCH):
        Observation.objects.filter(pk__in=ended[start : start + _BATCH]).update(is_latest=False)
    for observation in fresh:
        observation.release_id = release.pk
    Observation.objects.bulk_create(fresh, batch_size=_BATCH)
    found = Recorded(release, len(fresh) - revised, revised, len(keyed) - len(fresh))
    record(
        "figures.recorded",
        release.subject,
        by=by,
        at=at,
        label=release.title,
        after={
            "added": found.added,
            "revised": found.revised,
            "unchanged": found.unchanged,
            "indicators": sorted({row.indicator for row in keyed.values()}),
            "known_at": origin.known_at.isoformat(),
        },
        evidence=[origin.evidence.sha256] if origin.evidence else [],
    )
    return found


def _keyed(rows: Iterable[Row]) -> dict[Key, Row]:
    """Return the rows by what is stored of their keys; locks the indicators, so that no two writers number alike."""
    wanted = list(rows)
    codes = {row.indicator for row in wanted}
    known = Indicator.objects.select_for_update().filter(code__in=codes).order_by("pk")
    indicators = {each.code: each.pk for each in known}
    places = {row.division for row in wanted}
    divisions = dict(StatDivision.objects.filter(code__in=places).values_list("code", "pk"))
    if unknown := sorted((codes - indicators.keys()) | (places - divisions.keys())):
        message = _("These codes are not known: %(codes)s. Define them first, or correct them.")
        raise BadInput([Problem(message % {"codes": ", ".join(unknown[:20])}, code="unknown")])
    return {
        (indicators[row.indicator], divisions[row.division], KIND_NUMBERS[row.kind], row.period.code): row
        for row in wanted
    }


def _fresh(
    keyed: Mapping[Key, Row], release: Release, origin: Origin
) -> tuple[list[Observation], list[int], int]:
    """Return the rows to insert, the primary keys of those that no longer count, and how many are revisions."""
    known = _known(keyed)
    fresh, ended, revised = [], [], 0
    for key, row in keyed.items():
        before = known[key].at(origin.known_at)
        if before is not None and (before.value, before.status) == (row.value, row.status):
            continue
        counts = not known[key].newer_than(origin.known_at)
        if counts:
            ended += [each.pk for each in known[key].rows if each.is_latest]
        revised += bool(known[key].rows)
        fresh.append(_observation(key, row, known[key].next_revision, release, origin, counts=counts))
    return fresh, ended, revised


def _observation(
    key: Key, row: Row, revision: int, release: Release, origin: Origin, *, counts: bool
) -> Observation:
    mantissa, decimals = packed(row.value) if row.value is not None else (None, 0)
    span = origin.spans.get(row.key, (None, None))
    return Observation(
        indicator_id=key[0],
        division_id=key[1],
        kind=key[2],
        period=key[3],
        revision=revision,
        is_latest=counts,
        mantissa=mantissa,
        decimals=decimals,
        status=row.status,
        release=release,
        span_start=span[0],
        span_end=span[1],
    )


def _known(keyed: Mapping[Key, Row]) -> defaultdict[Key, _Known]:
    """Return the vintages of every key, asked for by indicator."""
    found: defaultdict[Key, _Known] = defaultdict(_Known)
    divisions: defaultdict[int, set[int]] = defaultdict(set)
    periods: defaultdict[int, set[int]] = defaultdict(set)
    for indicator, division, _kind, period in keyed:
        divisions[indicator].add(division)
        periods[indicator].add(period)
    for indicator in divisions:
        rows = Observation.objects.filter(
            indicator=indicator,
            division__in=divisions[indicator],
            period__gte=min(periods[indicator]),
            period__lte=max(periods[indicator]),
        ).select_related("release")
        for row in rows:
            key = row.indicator_id, row.division_id, row.kind, row.period
            if key in keyed:
                found[key].rows.append(row)
    return found
