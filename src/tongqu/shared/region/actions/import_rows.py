"""Writes the units, people, postings, calendar and settings of a folder."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.actions.units import (
    change_unit,
    make_person,
    make_unit,
    move_unit,
    note_person,
    post_person,
    unpost_person,
    values_of,
)  # fmt: skip
from tongqu.shared.region.analytics.folder import (
    CALENDAR,
    PEOPLE,
    POSTINGS,
    REGION,
    UNITS,
    Folder,
    PersonRow,
    UnitRow,
)  # fmt: skip
from tongqu.shared.region.models import CalendarDay, Division, Person, Posting, Region, Unit

if TYPE_CHECKING:
    from tongqu.shared.region.actions.importing import ImportReport

_UNIT_TEXTS = ("name_zh_hans", "name_zh_hant", "name_en", "answers_for", "phone")
_PERSON_TEXTS = ("name", "phone", "email", "language")


def write_settings(folder: Folder, report: ImportReport) -> None:
    """Set the region's zone and working hours."""
    if not folder.settings:
        return
    region = Region.objects.get()
    has_changed = any(getattr(region, name) != value for name, value in folder.settings.items())
    for name, value in folder.settings.items():
        setattr(region, name, value)
    region.save()
    report.count(REGION).note(is_new=False, has_changed=has_changed)


def write_units(folder: Folder, report: ImportReport, *, by: Actor, at: datetime) -> None:
    """Make and change units, those above first."""
    units = {unit.code: unit for unit in Unit.objects.select_related("division", "parent")}
    divisions = {d.code: d for d in Division.objects.defer("outline").filter(
        code__in={row.division for row in folder.units.values()})}  # fmt: skip
    for code in _from_the_top(folder.units):
        row = folder.units[code]
        parent = units[row.parent] if row.parent else None
        values = {name: row.row[name] for name in _UNIT_TEXTS if name in row.row.values}
        if code not in units:
            units[code] = make_unit(
                code, kind=row.kind, division=divisions[row.division], parent=parent, by=by, at=at, **values
            )
            report.count(UNITS).note(is_new=True, has_changed=True)
            continue
        unit, before = units[code], (values_of(units[code]), units[code].path)
        unit = change_unit(
            unit,
            division=divisions[row.division],
            kind=row.kind,
            is_active=row.is_active,
            by=by,
            at=at,
            **values,
        )
        units[code] = unit = move_unit(unit, parent=parent, by=by, at=at)
        report.count(UNITS).note(is_new=False, has_changed=(values_of(unit), unit.path) != before)


def _from_the_top(rows: dict[str, UnitRow]) -> list[str]:
    """Return the codes so that each comes after its parent."""
    done: dict[str, None] = {}

    def take(code: str) -> None:
        if code in rows and code not in done:
            take(rows[code].parent)
            done[code] = None

    for code in rows:
        take(code)
    return list(done)


def write_people(folder: Folder, report: ImportReport, *, by: Actor, at: datetime) -> None:
    """Make and change people; passwords are never touched."""
    people = Person.objects.in_bulk(list(folder.people), field_name="username")
    for username, row in folder.people.items():
        person = people.get(username)
        if person is None:
            make_person(username, name=row.row["name"], phone=row.row["phone"], email=row.row["email"],
                        is_invented=row.is_invented, by=by, at=at)  # fmt: skip
            report.count(PEOPLE).note(is_new=True, has_changed=True)
        else:
            report.count(PEOPLE).note(is_new=False, has_changed=_change_person(person, row, by, at))


def _change_person(person: Person, row: PersonRow, by: Actor, at: datetime) -> bool:
    wanted = {name: row.row[name] for name in _PERSON_TEXTS if name in row.row.values}
    before = {name: getattr(person, name) for name in wanted}
    if before == wanted:
        return False
    for name, value in wanted.items():
        setattr(person, name, value)
    person.save(update_fields=list(wanted))
    # Telephone and address stay out of the journal, which cannot forget.
    note_person("person.changed", person, by=by, at=at, before={"name": before["name"]},
                after={"name": person.name, "fields": sorted(n for n in wanted if before[n] != wanted[n])})  # fmt: skip
    return True


def write_postings(folder: Folder, report: ImportReport, *, by: Actor, at: datetime) -> None:
    """Post people, and end postings whose end the folder names."""
    people = Person.objects.in_bulk([key[0] for key in folder.postings], field_name="username")
    units = Unit.objects.select_related("division").in_bulk(
        [key[1] for key in folder.postings], field_name="code"
    )
    for row in folder.postings.values():
        person, unit = people[row.username], units[row.unit]
        same = Posting.objects.filter(person=person, unit=unit, role=row.role)
        standing = same.filter(until_on=None).first()
        if row.until_on is None:
            post_person(person, unit, row.role, by=by, at=at, since_on=row.since_on)
            report.count(POSTINGS).note(is_new=standing is None, has_changed=False)
        elif standing is None:
            report.count(POSTINGS).note(is_new=False, has_changed=False)
        else:
            _end(standing, row.until_on, report, by, at)


def _end(posting: Posting, until_on: Any, report: ImportReport, by: Actor, at: datetime) -> None:
    try:
        unpost_person(posting, until_on=until_on, by=by, at=at)
        report.count(POSTINGS).note(is_new=False, has_changed=True)
    except BadInput as error:
        for problem in error.problems:
            report.problems.append(Problem(problem.message, problem.code, POSTINGS, field="until_on"))


def write_calendar(folder: Folder, report: ImportReport) -> None:
    """Set holidays and shifted working days."""
    if not folder.days:
        return
    region = Region.objects.get()
    known = {day.on: day for day in region.calendar_days.all()}
    fresh = []
    for on, row in folder.days.items():
        day = known.get(on)
        if day is None:
            fresh.append(CalendarDay(region=region, on=on, is_working=row.is_working, name=row.name))
        elif has_changed := (day.is_working, day.name) != (row.is_working, row.name):
            day.is_working, day.name = row.is_working, row.name
            day.save()
        report.count(CALENDAR).note(is_new=day is None, has_changed=day is not None and has_changed)
    CalendarDay.objects.bulk_create(fresh)
