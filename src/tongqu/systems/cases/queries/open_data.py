"""What open data tell: the rows of a month without texts and personal data, and the files that lie ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Division
from tongqu.shared.region.rules import Level, division_path
from tongqu.systems.cases.analytics.cells import middle, parents
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.open_data import OpenDataFile
from tongqu.systems.cases.queries.places import local_day
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.naming import case_number
from tongqu.systems.cases.rules.open311 import Publicity, publicity_of
from tongqu.systems.cases.rules.open_data import CELL_RESOLUTION, Told, is_whole, recoded, told
from tongqu.systems.cases.rules.spans import months_of

KEPT_FRESH = 3
"""So many past months are made anew each night; older ones when they are missing or a matter has changed."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Month:
    """The rows that are published of a month, and how many are withheld because too few others are like them."""

    rows: list[Row]
    withheld: int


def month_of_rows(month: str) -> Month:
    """Return what is published of the public cases that were reported in the month (2026-09)."""
    cases = _cases(month)
    known = {matter.pk: matter for matter in Matter.objects.all()}
    codes = dict(
        Division.objects.filter(level__in=[Level.COUNTY, Level.TOWNSHIP]).values_list("path", "code")
    )
    shown = recoded([_told(case, known[case["matter_id"]], codes) for case in cases])
    rows = [
        _row(case, row, known[case["matter_id"]])
        for case, row in zip(cases, shown, strict=True)
        if row is not None
    ]
    # By what is published, so that the order tells nothing of what is not.
    rows.sort(key=lambda row: tuple(str(value) for value in row.values()))
    return Month(rows, len(cases) - len(rows))


def _cases(month: str) -> list[dict[str, Any]]:
    public = [
        matter.pk
        for matter in Matter.objects.all()
        if publicity_of(matter.publicity, matter.track) != Publicity.NOTHING
    ]
    begins, ends = _bounds(month)
    met = Duty.objects.filter(
        subject_kind="case", subject_id=Cast(OuterRef("pk"), CharField()), kind="handle", met_at__isnull=False
    )
    cases = Case.objects.filter(matter__in=public, reported_at__gte=begins, reported_at__lt=ends)
    rows: Any = (
        cases.annotate(handled=Exists(met), late=Exists(met.filter(is_late=True)))
        .order_by()
        .values(
            "id", "reported_at", "matter_id", "division_path", "cell", "state", "closed_at", "is_invented",
            "handled", "late",
        )
    )  # fmt: skip
    return list(rows)


def _bounds(month: str) -> tuple[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    return datetime.combine(first, time.min, zone), datetime.combine(after, time.min, zone)


def _told(case: dict[str, Any], matter: Matter, codes: dict[str, str]) -> Told:
    path = case["division_path"]
    return told(
        cell=f"{int(parents(np.array([case['cell']]), CELL_RESOLUTION)[0]):x}" if case["cell"] else "",
        township=codes.get(division_path(path, Level.TOWNSHIP), "") if len(path) > len("330803") else "",
        county=codes.get(division_path(path, Level.COUNTY), ""),
        matter=matter.code,
        matter_class=matter.class_code,
        reported_on=local_day(case["reported_at"]),
    )


def _row(case: dict[str, Any], row: Told, matter: Matter) -> Row:
    """Return the row by the names of `rules.open_data_fields.FIELDS`; None stands for what is not told."""
    lon, lat = middle(int(row.cell, 16)) if row.cell else (None, None)
    ended = local_day(case["closed_at"]).isoformat()[: len(row.day)] if case["closed_at"] else None
    state = case["state"] if case["state"] in (State.CLOSED, State.REJECTED) else "open"
    number = case_number(case["id"], case["reported_at"], settings.TIME_ZONE) if is_whole(row) else None
    return {
        "number": number,
        "matter": row.matter or None,
        "matter_name": matter.name_zh_hans if row.matter else None,
        "class": row.matter_class,
        "class_name": matter.class_name,
        "county": row.county or None,
        "township": row.township or None,
        "lon": lon,
        "lat": lat,
        "reported": row.day,
        "state": str(state),
        "ended": ended,
        "on_time": not case["late"] if case["handled"] else None,
        "invented": case["is_invented"],
    }


def months_due(at: datetime) -> list[str]:
    """Return the past months whose files must be made: missing ones, young ones, and all after a matter has changed.

    A month is published when it is over, so that no two states of it differ by one case of today.
    """
    first = Case.objects.order_by("reported_at").values_list("reported_at", flat=True).first()
    last = local_day(at).replace(day=1) - timedelta(days=1)
    if first is None or local_day(first) > last:
        return []
    months = months_of(local_day(first), last)
    changed = Fact.objects.filter(subject_kind="matter").order_by("-seq").values_list("at", flat=True).first()
    made = dict(OpenDataFile.objects.filter(form="csv").values_list("month", "made_at"))
    return [
        month
        for month in months
        if month not in made
        or month in months[-KEPT_FRESH:]
        or (changed is not None and made[month] < changed)
    ]


def open_files() -> Sequence[OpenDataFile]:
    """Return the files that lie ready, without their content, the newest month first."""
    return list(OpenDataFile.objects.defer("packed"))


def open_file(month: str, form: str) -> OpenDataFile | None:
    """Return one file with its content."""
    return OpenDataFile.objects.filter(month=month, form=form).first()
