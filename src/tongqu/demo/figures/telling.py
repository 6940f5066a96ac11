"""Brings the figures of the demo in, as one act: the standard list, what the press says, what is invented beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tongqu.demo.figures.contest import ROUNDS, hold_contest
from tongqu.demo.figures.invented import (
    definitions,
    figures_of,
    known_at,
    name_of,
    quarters_until,
    verified,
)
from tongqu.demo.figures.press import record_press
from tongqu.demo.figures.reports import keep_reports
from tongqu.kernel.periods import YEAR_MONTHS
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.journal.actions import acting
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.actions.defining import define_indicator
from tongqu.systems.indicators.actions.recording import Origin, record_figures
from tongqu.systems.indicators.actions.standard import define_standard
from tongqu.systems.indicators.models.contest import Contest
from tongqu.systems.indicators.rules.rows import Row

KEEPER = "admin"
INVENTED = "虚构，仅供演示"


@acting
def tell_figures(press: Path | None, *, at: datetime) -> None:
    """Bring the figures in once; `press` is the folder of the press texts where it is there."""
    if Contest.objects.filter(is_invented=True).exists():
        return
    keeper = Person.objects.get(username=KEEPER)
    define_standard(by=keeper, at=at)
    record_press(press, by=keeper, at=at)
    keep_reports(press, by=keeper, at=at)
    _invent(by=keeper, at=at)


def _invent(*, by: Person, at: datetime) -> None:
    for definition in definitions():
        define_indicator(definition, by=by, at=at, reason=INVENTED, is_invented=True)
    now = at.astimezone(UTC).replace(tzinfo=None)
    periods = quarters_until(now)
    first = periods[0].year
    for period in periods:
        _release(f"{name_of(period)}主要指标", figures_of(period, first), known_at(period), by=by, at=at)
    for period in periods:
        later = datetime(period.year + 1, 12, 20, 2)  # noqa: DTZ001 - UTC is put on where it is recorded
        if period.months == YEAR_MONTHS and later <= now:
            _release(f"{period.year}年地区生产总值最终核实", verified(period, first), later, by=by, at=at)
    hold_contest(periods[-ROUNDS:], by=by, at=at)


def _release(title: str, rows: Sequence[Row], known: datetime, *, by: Person, at: datetime) -> None:
    """Record rows with a table as their evidence; both are marked as invented."""
    name = f"{title}（虚构）"
    table = store(_table(rows), name=f"{name}.csv", by=by, at=at, source="import", is_invented=True).evidence
    origin = Origin(name, known.replace(tzinfo=UTC), INVENTED, table, is_invented=True)
    record_figures(rows, origin, by=by, at=at)


def _table(rows: Sequence[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["indicator", "division", "period", "kind", "value", "status"])
    writer.writerows((r.indicator, r.division, r.period, r.kind, r.value, r.status) for r in rows)
    return out.getvalue().encode()
