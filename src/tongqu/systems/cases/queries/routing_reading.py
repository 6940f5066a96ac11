"""Reads entries of a responsibility list from a file or a form, and says what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tongqu.kernel.calendar import Allowance, BadAllowance
from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.queries.messages import problem
from tongqu.shared.evidence.rules.refusals import Refused
from tongqu.shared.region.models import Division, Unit
from tongqu.shared.region.rules import UnitKind
from tongqu.systems.cases.analytics.sheets import MOST_ROWS, read_sheet
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.routing import RoutingEntry
from tongqu.systems.cases.rules.kinds import Grade
from tongqu.systems.cases.rules.routing_columns import (
    COLUMNS,
    GRADE_WORDS,
    HEADINGS,
    NEEDED,
    codes_in,
    columns_in,
)
from tongqu.systems.cases.rules.windows import BadWindow, Window

LONGEST_NOTE = 300
MOST_ASSISTING = 10


class Wrong(Exception):
    """A field of an entry does not hold."""

    def __init__(self, field: str, code: str, message: str) -> None:
        self.field, self.code, self.message = field, code, message
        super().__init__(message)


@dataclass
class Book:
    """What entries may name, read once: matters and classes in use, divisions, units by code and by name."""

    matters: dict[str, Matter] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    divisions: dict[str, Division] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Book:
        """Return the book of the region as it is now."""
        matters = {matter.code: matter for matter in Matter.objects.filter(is_active=True)}
        divisions = Division.objects.only("code", "path", "level", "name_zh_hans", "name_zh_hant", "name_en")
        book = cls(
            matters=matters,
            classes={matter.class_code: matter.class_name for matter in matters.values()},
            divisions={division.code: division for division in divisions},
        )
        twice: set[str] = set()
        for unit in Unit.objects.select_related("division").defer("division__outline"):
            twice |= {unit.name_zh_hans} & book.units.keys()
            book.units[unit.name_zh_hans] = unit
            book.units[unit.code] = unit
        for name in twice:
            del book.units[name]
        return book


def class_names() -> dict[str, str]:
    """Return the names of the classes of matters in use."""
    return dict(Matter.objects.filter(is_active=True).values_list("class_code", "class_name"))


def read_entry(values: Mapping[str, str], book: Book) -> tuple[RoutingEntry | None, list[Wrong]]:
    """Return the entry that the values say (not saved, of no list yet), or what is wrong with them."""
    row, wrong = RoutingEntry(), []
    clean = {column: values.get(column, "").strip() for column in COLUMNS}
    for read in (_number, _place, _about, _grade, _times, _lead, _assisting, _allowance, _verifier, _note):
        try:
            read(row, clean, book)
        except Wrong as refusal:
            wrong.append(refusal)
    return (None if wrong else row), wrong


def _number(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    text = values["number"]
    if not text:
        row.number = 0
    elif text.isdecimal() and 0 < int(text) < 10**6:
        row.number = int(text)
    else:
        message = _("“%(text)s” is no number of an entry. Write a whole number from 1, or leave it empty.")
        raise Wrong("number", "bad-number", message % {"text": text})


def _place(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    code = values["division"]
    if not code:
        raise Wrong("division", "required", _("Name the division by its code."))
    division = book.divisions.get(code)
    if division is None:
        message = _("No division has the code “%(code)s”. Look it up in the list of divisions.")
        raise Wrong("division", "unknown-division", message % {"code": code})
    row.division, row.division_path = division, division.path


def _about(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    code, class_code = values["matter"], values["class_code"]
    if code:
        row.matter = book.matters.get(code)
        if row.matter is None:
            message = _("No matter has the code “%(code)s”. Look it up in the list of matters.")
            raise Wrong("matter", "unknown-matter", message % {"code": code})
        if class_code and class_code != row.matter.class_code:
            message = _(
                "The matter “%(code)s” is of the class “%(class)s”. Correct one, or leave the class empty."
            )
            raise Wrong(
                "class_code", "another-class", message % {"code": code, "class": row.matter.class_code}
            )
        return
    if class_code and class_code not in book.classes:
        message = _("No matter in use is of the class “%(code)s”. Look it up in the list of matters.")
        raise Wrong("class_code", "unknown-class", message % {"code": class_code})
    row.class_code = class_code


def _grade(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    grade = GRADE_WORDS.get(values["grade"], values["grade"])
    if grade and grade not in set(Grade):
        message = _("“%(text)s” is no grade. Write ordinary, serious or urgent, or leave it empty for any.")
        raise Wrong("grade", "unknown-grade", message % {"text": grade})
    row.grade = grade


def _times(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    try:
        row.window = str(Window.parse(values["times"]))
    except BadWindow:
        message = _(
            "“%(text)s” are no times. Write days (workdays, offdays, mon-fri), hours (22:00-06:00) and season "
            "(10-01..04-30), parted by spaces."
        )
        raise Wrong("times", "bad-times", message % {"text": values["times"]}) from None


def _unit(name: str, field: str, book: Book) -> Unit:
    unit = book.units.get(name)
    if unit is None:
        message = _("No unit has the code or the name “%(name)s”. Look it up in the list of units.")
        raise Wrong(field, "unknown-unit", message % {"name": name})
    if not unit.is_active:
        raise Wrong(field, "closed-unit", _("“%(name)s” is closed. Choose another unit.") % {"name": name})
    return unit


def _lead(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    if not values["lead"]:
        raise Wrong("lead", "required", _("Name the unit that leads, by its code."))
    unit = _unit(values["lead"], "lead", book)
    path = getattr(row, "division_path", "")
    if path and not path.startswith(unit.division.path):
        message = _("The territory of “%(unit)s” does not hold this place. Choose a unit that answers there.")
        raise Wrong("lead", "another-territory", message % {"unit": unit.name})
    row.lead = unit


def _assisting(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    units = [_unit(name, "assisting", book) for name in codes_in(values["assisting"])]
    codes = list(dict.fromkeys(unit.code for unit in units))
    if len(codes) > MOST_ASSISTING:
        message = _("Name at most %(most)s assisting units.")
        raise Wrong("assisting", "too-many", message % {"most": MOST_ASSISTING})
    lead = book.units.get(values["lead"])
    if lead is not None and lead.code in codes:
        raise Wrong("assisting", "lead-assists", _("The lead unit cannot assist itself. Take it out here."))
    row.assisting = codes


def _allowance(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    text = values["handle_allowance"]
    try:
        row.handle_allowance = str(Allowance.parse(text)) if text else ""
    except BadAllowance:
        message = _("“%(text)s” is not an allowance of time. Write 4wh, 3wd, 2h or 7d.")
        raise Wrong("handle_allowance", "bad-allowance", message % {"text": text}) from None


def _verifier(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    if not values["verifier"]:
        return
    unit = _unit(values["verifier"], "verifier", book)
    path = getattr(row, "division_path", "")
    if unit.kind != UnitKind.TERRITORY or not path.startswith(unit.division.path):
        message = _(
            "“%(unit)s” cannot verify here: a department would check its own work. Choose a territorial unit over the place."
        )
        raise Wrong("verifier", "no-verifier", message % {"unit": unit.name})
    row.verifier = unit


def _note(row: RoutingEntry, values: Mapping[str, str], book: Book) -> None:
    if len(values["note"]) > LONGEST_NOTE:
        message = _("Shorten the note to %(most)s characters.")
        raise Wrong("note", "too-long", message % {"most": LONGEST_NOTE})
    row.note = values["note"]


@dataclass(frozen=True)
class ListFile:
    """What a file of entries holds: those that hold, and what is wrong with the other rows."""

    entries: list[RoutingEntry]
    problems: list[Problem]
    row_count: int


def read_list(data: bytes, name: str) -> ListFile:
    """Read an XLSX or CSV file of entries; raises `BadInput` when it is no such file at all."""
    try:
        sheet = read_sheet(data, name)
    except Refused as refusal:
        raise BadInput([problem(refusal, name)]) from None
    places = columns_in(sheet.rows[0]) if sheet.rows else {}
    if missing := [column for column in NEEDED if column not in places]:
        message = _("These columns are missing: %(columns)s. Add them to the first line.")
        names = ", ".join(f"{HEADINGS[column]} ({column})" for column in missing)
        raise BadInput([Problem(message % {"columns": names}, code="missing-columns", file=name, row=1)])
    return _read_rows(sheet.rows[1:], places, name, is_cut=sheet.is_cut)


def _read_rows(rows: list[list[str]], places: Mapping[str, int], name: str, *, is_cut: bool) -> ListFile:
    book, found, problems = Book.read(), list[RoutingEntry](), list[Problem]()
    taken: set[int] = set()
    count = 0
    for line, cells in enumerate(rows, start=2):
        if not any(cells):
            continue
        count += 1
        values = {column: cells[place] for column, place in places.items() if place < len(cells)}
        entry, wrong = read_entry(values, book)
        if entry is not None and entry.number in taken:
            message = _(
                "The number %(number)s stands in two rows. Give each entry its own, or leave it empty."
            )
            wrong = [Wrong("number", "twice", message % {"number": entry.number})]
        problems += [Problem(w.message, code=w.code, file=name, row=line, field=w.field) for w in wrong]
        if entry is not None and not wrong:
            taken |= {entry.number} - {0}
            found.append(entry)
    if is_cut:
        message = _("The file has more than %(most)s rows; the rest was not read.") % {"most": MOST_ROWS}
        problems.append(Problem(message, code="too-many-rows", file=name))
    return ListFile(found, problems, count)
