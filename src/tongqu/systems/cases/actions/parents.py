"""Makes one parent case out of several that are about the same thing, for a hot issue."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.journal.actions import act, acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.joining import join
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.joining import middle
from tongqu.systems.cases.rules.kinds import Source


@dataclass(frozen=True)
class Opened:
    """A parent case, those joined to it, and those that could not be, with the reason."""

    parent: Case
    joined: tuple[Case, ...]
    left: tuple[tuple[Case, str], ...]


@acting
def open_parent(
    cases: Sequence[Case],
    *,
    title: str,
    text: str,
    by: Actor,
    at: datetime,
    matter_code: str = "",
    lon: float | None = None,
    lat: float | None = None,
    division_code: str = "",
    place_text: str = "",
    idempotency_key: str = "",
) -> Opened:
    """Report a case that stands for all these and join them to it; the desk of its place then has it to accept.

    Without a place of its own it lies at that one of the cases which is nearest to the middle of all. The same key, or
    without one the same set of cases, by the same actor gives the same parent again and joins what is not joined yet.
    Cases that cannot be joined (ended, done, joined elsewhere) are left and named. Raises `BadInput` as `report`
    does, `ValueError` for fewer than two cases, `NotAllowed` for who is not on the desk of every one of them.
    """
    members = list({case.pk: case for case in cases}.values())
    if len(members) < 2:
        raise ValueError("A parent case needs at least two cases.")
    if lon is None and lat is None and not division_code:
        lon, lat, division_code = _place(members)
    parent = report(
        text=text,
        title=title,
        by=by,
        at=at,
        source=Source.PARENT,
        lon=lon,
        lat=lat,
        division_code=division_code,
        matter_code=matter_code,
        place_text=place_text,
        idempotency_key=idempotency_key or _key(members),
        is_invented=any(case.is_invented for case in members),
    )
    return _gather(parent, members, by=by, at=at)


def _gather(parent: Case, members: Sequence[Case], *, by: Actor, at: datetime) -> Opened:
    joined: list[Case] = []
    left: list[tuple[Case, str]] = []
    for case in members:
        try:
            with act():
                joined.append(join(case, parent=parent, by=by, at=at))
        except MoveNotAllowed as refusal:
            left.append((case, str(refusal)))
    return Opened(parent, tuple(joined), tuple(left))


def _place(members: Sequence[Case]) -> tuple[float | None, float | None, str]:
    """Return the point of the case in the middle; without points the division of the first that has one."""
    points = [(case.lon, case.lat) for case in members if case.lon is not None and case.lat is not None]
    if points:
        return *middle(points), ""
    codes = [case.division.code for case in members if case.division is not None]
    return None, None, codes[0] if codes else ""


def _key(members: Sequence[Case]) -> str:
    named = ",".join(str(pk) for pk in sorted(case.pk for case in members))
    return f"parent:{hashlib.sha256(named.encode()).hexdigest()[:40]}"
