"""Where one figure comes from: its vintages, each with its release and, as far as the person may see it, its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from tongqu.kernel.periods import Period
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.series import Span, series
from tongqu.systems.indicators.rules.definition import Kind, Status
from tongqu.systems.indicators.rules.figures import Figure, as_known
from tongqu.systems.indicators.rules.growth import Beside, rate_or_none


@dataclass(frozen=True)
class Vintage:
    """One vintage of a figure, and what it rests on."""

    figure: Figure
    observation: Observation
    evidence: Evidence | None
    """None where there is none, and where it is out of the person's sight."""
    has_evidence: bool
    counts: bool


def vintages_of(
    person: Person, indicator: Indicator, division: StatDivision, period: Period, kind: Kind
) -> list[Vintage]:
    """Return all vintages of a figure, the one that was known last first."""
    rows = Observation.objects.filter(
        indicator=indicator, division=division, kind=KIND_NUMBERS[kind], period=period.code
    ).select_related("release")
    figures = {row: Figure(row.value, Status(row.status), row.release.known_at, row.revision) for row in rows}
    counting = as_known(figures.values())
    shown = Evidence.objects.filter(
        pk__in=[row.release.evidence_id for row in figures if row.release.evidence_id]
    )
    seen = {each.pk: each for each in shown.visible_to(person)} if figures else {}
    found = [
        Vintage(
            figure,
            row,
            seen.get(row.release.evidence_id or 0),
            row.release.evidence_id is not None,
            figure is counting,
        )
        for row, figure in figures.items()
    ]
    return sorted(found, key=lambda each: (each.figure.known_at, each.figure.revision), reverse=True)


def growth_at(indicator: Indicator, division: StatDivision, period: Period) -> Beside:
    """Return the growth of a period as published beside the one computed from levels."""
    levels = series(indicator, [division.pk], span=Span.of([period, period.year_before]))[division.pk]
    published = series(indicator, [division.pk], kind=Kind.YOY, span=Span.of([period]))[division.pk]
    computed = rate_or_none(levels.get(period), levels.get(period.year_before))
    return Beside(published.get(period), computed, indicator.definition.growth_is_comparable)
