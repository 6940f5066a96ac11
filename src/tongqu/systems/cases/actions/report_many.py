"""Brings many cases in at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast

from tongqu.kernel.problems import BadInput
from tongqu.shared.duties.actions.duty import open_duties
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import act, acting
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Division
from tongqu.shared.region.queries import smallest_divisions
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.report import (
    Lookups,
    Report,
    complete,
    draft,
    is_on_earth,
    key_prefix,
    own_key,
    point_of,
    take_in,
)
from tongqu.systems.cases.actions.steps import opening_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.answering import answering


@acting
def report_many(wanted: Iterable[Report], *, by: Actor, at: datetime) -> list[Case | BadInput]:
    """Take in many reports in one act with few statements; each comes out as `report` makes it, in the same order.

    A report that is refused stands in the answer as its `BadInput` and does not hold up the others. All of it is one
    transaction: call it with some hundreds at a time.
    """
    reports = list(wanted)
    batch = _Batch(_ManyLookups(reports, at), by, at)
    batch.know(reports)
    answers = [batch.answer(one) for one in reports]
    if not batch.is_written():
        # Somebody else has used one of the keys meanwhile: find out which, one by one.
        return [_one_of(one, by=by, at=at) for one in reports]
    batch.open_all()
    return answers


def _one_of(one: Report, *, by: Actor, at: datetime) -> Case | BadInput:
    try:
        with act():
            return take_in(one, by=by, at=at)
    except BadInput as refusal:
        return refusal


class _ManyLookups(Lookups):
    """The same for many reports, asked once for all."""

    def __init__(self, reports: Sequence[Report], at: datetime) -> None:
        super().__init__(at)
        points = [point for one in reports if (point := _point_or_none(one)) is not None]
        self.places = dict(zip(points, smallest_divisions(points), strict=True))
        codes = {one.division_code for one in reports if one.division_code}
        self.by_code = {division.code: division for division in Division.objects.filter(code__in=codes)}
        self.desks = answering()

    def place(self, point: tuple[float, float]) -> Division | None:
        """Return the smallest division around the point."""
        return self.places[point]

    def named_place(self, code: str) -> Division | None:
        """Return the division of the code."""
        return self.by_code.get(code)


@dataclass
class _Batch:
    """Reports on their way in together."""

    lookups: _ManyLookups
    by: Actor
    at: datetime
    known: dict[str, Case] = field(default_factory=dict)
    new: list[tuple[Case, Sequence[Evidence]]] = field(default_factory=list)

    def know(self, reports: Iterable[Report]) -> None:
        """Find the cases that earlier reports with these keys made."""
        prefix = key_prefix(self.by)
        keys = [f"{prefix}{one.idempotency_key}" for one in reports if one.idempotency_key]
        self.known = {
            case.idempotency_key: case
            for case in Case.objects.filter(idempotency_key__in=keys)
            if case.idempotency_key
        }

    def answer(self, one: Report) -> Case | BadInput:
        """Return the known case of the report, or a new one, not written yet, or why there is none."""
        try:
            key = own_key(self.by, one.idempotency_key)
            if key in self.known:
                return self.known[key]
            case = draft(one, key, self.lookups)
            self.lookups.desks.unit(Role.DUTY_DESK, case.division_path)
        except BadInput as refusal:
            return refusal
        if key:
            self.known[key] = case
        self.new.append((case, one.evidence))
        return case

    def is_written(self) -> bool:
        """Insert the new cases; returns whether all are there, otherwise none is."""
        try:
            with transaction.atomic():
                Case.objects.bulk_create([case for case, _photos in self.new])
        except IntegrityError:
            return False
        return True

    def open_all(self) -> None:
        """Give each new case its duty, its evidence and its fact."""
        cases = [case for case, _photos in self.new]
        openings = [
            opening_of(case, self.lookups.desks.unit(Role.DUTY_DESK, case.division_path)) for case in cases
        ]
        for case, duty in zip(cases, open_duties(openings, by=self.by, at=self.at), strict=True):
            case.duty = duty
        _write_duties(cases)
        for case, photos in self.new:
            complete(case, photos, by=self.by, at=self.at)


def _write_duties(cases: Sequence[Case]) -> None:
    """Write which duty each case has, by one statement: the only one that is open on it."""
    of_the_case = Duty.objects.filter(
        subject_kind="case", subject_id=Cast(OuterRef("pk"), CharField()), is_open=True
    )
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(
        duty_id=Subquery(of_the_case.values("pk")[:1])
    )


def _point_or_none(one: Report) -> tuple[float, float] | None:
    """Return a point that can be looked up; what is wrong with others is told when their turn comes."""
    if (one.lon is None) != (one.lat is None):
        return None
    point = point_of(one.lon, one.lat, one.evidence)
    return point if point is not None and is_on_earth(point) else None
