"""The figures of one division for a report, with what must be said of each, and what follows from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.figures import KINDS
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.panel import figures_that_count
from tongqu.systems.indicators.rules.definition import Definition, Kind, Status
from tongqu.systems.indicators.rules.figures import unpacked
from tongqu.systems.indicators.rules.growth import rate_or_none
from tongqu.systems.indicators.rules.reports.facts import Told
from tongqu.systems.indicators.rules.reports.parts import Origin, What


@dataclass(frozen=True)
class Recorded:
    """One figure that counts now, with what a report must say of it."""

    value: Decimal
    status: Status
    is_invented: bool


Own = dict[tuple[str, Kind], dict[Period, Recorded]]
"""The figures of one division by the code of the indicator, kind and period."""


def own_figures(
    division: StatDivision,
    indicators: Collection[Indicator],
    periods: Collection[Period],
    kinds: Sequence[Kind],
) -> Own:
    """Return the figures of one division, with their status; what is missing is not among them."""
    rows = figures_that_count([each.pk for each in indicators], [division.pk], periods, kinds)
    found: Own = defaultdict(dict)
    named = (
        "indicator__code", "kind", "period", "mantissa", "decimals", "status",
        "release__is_invented", "indicator__is_invented",
    )  # fmt: skip
    for indicator, kind, code, mantissa, decimals, status, *invented in rows.values_list(*named):
        if mantissa is not None:
            told = Recorded(unpacked(mantissa, decimals), Status(status), any(invented))
            found[indicator, KINDS[kind]][Period.of_code(code)] = told
    return found


@dataclass(frozen=True)
class OwnFigures:
    """The figures of one indicator of the division that a report is about, and what follows from them."""

    indicator: Indicator
    definition: Definition
    division: str
    own: Own

    def _origin(self, what: What, period: Period, kind: Kind) -> Origin:
        since = period.year_before if what == What.COMPUTED and kind != Kind.LEVEL else None
        return Origin(what, self.division, period, self.definition.code, kind, since=since)

    def recorded(self, period: Period, kind: Kind) -> Told | None:
        """Return a figure as it was recorded."""
        found = self.own.get((self.indicator.code, kind), {}).get(period)
        if found is None:
            return None
        return Told(found.value, self._origin(What.FIGURE, period, kind), found.status, found.is_invented)

    def level(self, period: Period) -> Told | None:
        """Return the value, for a ratio reckoned from its parts where none was recorded."""
        found = self.recorded(period, Kind.LEVEL)
        terms = self.definition.ratio
        if found is not None or terms is None:
            return found
        above, below = (self.own.get((code, Kind.LEVEL), {}).get(period) for code in terms.codes)
        if above is None or below is None or not below.value:
            return None
        origin = self._origin(What.COMPUTED, period, Kind.LEVEL)
        return Told(above.value / below.value, origin, above.status, above.is_invented or below.is_invented)

    def growth(self, period: Period) -> Told | None:
        """Return the growth on the year before, as published or else as it follows from the values."""
        published = self.recorded(period, Kind.YOY)
        if published is not None:
            return published
        now, base = self.level(period), self.level(period.year_before)
        rate = rate_or_none(now.value if now else None, base.value if base else None)
        return (
            None if now is None or base is None or rate is None else self._reckoned(rate, Kind.YOY, now, base)
        )

    def change(self, period: Period) -> Told | None:
        """Return the difference from the year before, as published or else as it follows from the values."""
        published = self.recorded(period, Kind.CHANGE)
        if published is not None:
            return published
        now, base = self.level(period), self.level(period.year_before)
        if now is None or base is None:
            return None
        return self._reckoned(now.value - base.value, Kind.CHANGE, now, base)

    def _reckoned(self, value: Decimal, kind: Kind, now: Told, base: Told) -> Told:
        origin = self._origin(What.COMPUTED, now.origin.period, kind)
        return Told(value, origin, now.status, now.is_invented or base.is_invented)
