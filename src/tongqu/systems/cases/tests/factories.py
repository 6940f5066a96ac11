"""Matters, evidence and cases for the tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from conftest import Town
from tongqu.kernel.geometry import cell_of
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.joining import join
from tongqu.systems.cases.actions.matters import change_matter, import_matters
from tongqu.systems.cases.actions.moves import accept, close, dispatch, handle, send_back, take, verify
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.actions.suspension import suspend
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.versions import MatterVersion
from tongqu.systems.cases.rules.lifecycle import State

PLACE = (118.35, 28.4)
"""In the first township of the town."""
RESIDENT = NamedActor("resident", "居民")


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
_standard: list[tuple[dict[str, Any], dict[str, Any]]] = []
"""The fields of each matter of the standard list and of its version, as the first import of this process made them."""


def matter(code: str = "EENV01", **changes: Any) -> Matter:
    """The standard list's matter (heaped waste, verified by a photo), changed as the test wants."""
    found = Matter.objects.filter(code=code).first()
    if found is None:
        _standard_list()
        found = Matter.objects.get(code=code)
    if changes:
        return change_matter(found, by=RESIDENT, at=NEW_YEAR, **changes)
    return found


def _standard_list() -> None:
    """Import the standard list; where nothing else is there, copy the rows of the first import, which takes a tenth."""
    is_empty = not Matter.objects.exists()
    if not is_empty or not _standard:
        import_matters(by=RESIDENT, at=NEW_YEAR)
        if is_empty:
            rows = Matter.objects.select_related("version").order_by("pk")
            _standard.extend((_fields(row, "version"), _fields(row.version, "matter")) for row in rows)
        return
    matters = Matter.objects.bulk_create(Matter(**fields) for fields, _version in _standard)
    made = [
        MatterVersion(matter=row, **more) for row, (_matter, more) in zip(matters, _standard, strict=True)
    ]
    for row, version in zip(matters, MatterVersion.objects.bulk_create(made), strict=True):
        row.version = version
    Matter.objects.bulk_update(matters, ["version"])


def _fields(row: Any, but: str) -> dict[str, Any]:
    left_out = {"id", but}
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in left_out}


def photo(
    name: str,
    *,
    at: datetime,
    place: tuple[float, float] | None = PLACE,
    by: Person | None = None,
    from_air: bool = False,
) -> Evidence:
    """A photo as the store of evidence keeps it, without its file."""
    return Evidence.objects.create(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        kind="photo",
        media_type="image/jpeg",
        size_bytes=1,
        name=f"{name}.jpg",
        width=400,
        height=300,
        taken_at=at,
        lon=place[0] if place else None,
        lat=place[1] if place else None,
        cell=cell_of(*place) if place else None,
        height_ground_m=40.0 if from_air else None,
        division_path="330803102",
        stored_at=at,
        stored_by_ref=by.actor_ref if by else "system",
    )


def reported(at: datetime, **changes: Any) -> Case:
    """A case just reported by a resident."""
    values: dict[str, Any] = {
        "text": "村口堆了很多垃圾。已经三天了。", "source": "web", "lon": PLACE[0], "lat": PLACE[1],
        "by": RESIDENT, "at": at,
    }  # fmt: skip
    return report(**{**values, **changes})


def brought_to(state: State, town: Town, at: datetime, **changes: Any) -> Case:
    """A case brought to the state by the people of the town, an hour for each move."""
    if state == State.DISPUTED:
        return disputed(town, at, **changes)
    if state == State.SUSPENDED:
        return suspended(town, at, **changes)
    case = reported(at, **changes)
    hour = timedelta(hours=1)
    code = changes.get("matter_code") or "EENV01"
    steps: list[tuple[State, Any]] = [
        (State.ACCEPTED, lambda: accept(case, matter=matter(code), by=town.desk_officer, at=at + hour)),
        (State.DISPATCHED, lambda: dispatch(case, unit=town.county_department, by=town.desk_officer, at=at + 2 * hour)),
        (State.HANDLING, lambda: take(case, by=town.department_officer, at=at + 3 * hour)),
        (State.HANDLED, lambda: handle(case, text="已清运", evidence=[photo(f"done {case.pk}", at=at + 4 * hour)],
                                       by=town.department_officer, at=at + 4 * hour)),
        (State.VERIFIED, lambda: verify(case, evidence=[photo(f"clean {case.pk}", at=at + 5 * hour)],
                                        by=town.inspector, at=at + 5 * hour)),
        (State.CLOSED, lambda: close(case, by=town.desk_officer, at=at + 6 * hour)),
    ]  # fmt: skip
    for reached, step in steps:
        if case.state == state:
            return case
        if (state, case.state) == (State.JOINED, State.ACCEPTED):
            return join(case, parent=reported(at), by=town.desk_officer, at=at + 2 * hour)
        case = step()
        assert case.state == reached
    return case


def disputed(town: Town, at: datetime, **changes: Any) -> Case:
    """A case that the county's department and then the township have sent back."""
    case = brought_to(State.DISPATCHED, town, at, **changes)
    minute = timedelta(minutes=1)
    back = at + timedelta(hours=2)
    case = send_back(case, reason="不属本单位职责", by=town.department_officer, at=back + minute)
    case = dispatch(case, unit=town.township_government, by=town.desk_officer, at=back + 2 * minute)
    return send_back(case, reason="属综合执法局职责", by=town.township_clerk, at=back + 3 * minute)


def suspended(town: Town, at: datetime, **changes: Any) -> Case:
    """A case that rests from four hours after its report, for 30 days."""
    case = brought_to(State.HANDLING, town, at, **changes)
    begun_at = at + timedelta(hours=4)
    until_on = (at + timedelta(days=30)).date()
    return suspend(case, until_on=until_on, reason="等待雨季结束", by=town.desk_officer, at=begun_at)
