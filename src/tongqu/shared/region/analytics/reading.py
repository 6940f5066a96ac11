"""Reads and checks the folder of a region."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tongqu.kernel.calendar import BadSpans, parse_spans
from tongqu.kernel.problems import Problem
from tongqu.shared.region.analytics.folder import (
    CALENDAR,
    DIVISIONS,
    FILES,
    LONGEST,
    NEEDED,
    OPTIONAL,
    OUTLINES,
    PEOPLE,
    POSTINGS,
    REGION,
    UNITS,
    DayRow,
    DivisionRow,
    Folder,
    Known,
    PersonRow,
    PostingRow,
    UnitRow,
)  # fmt: skip
from tongqu.shared.region.analytics.outlines import read_outlines
from tongqu.shared.region.analytics.tables import Row, Table, Translate, read_table
from tongqu.shared.region.analytics.trees import is_in_circle, nearest_above, way_up
from tongqu.shared.region.rules import (
    CODE_LENGTHS,
    MOST_UNIT_PATH,
    UNIT_CODE,
    CentreQuality,
    Level,
    Role,
    UnitKind,
    division_path,
)

_FLAGS = {
    "1": True,
    "true": True,
    "yes": True,
    "是": True,
    "0": False,
    "false": False,
    "no": False,
    "否": False,
}

Key = TypeVar("Key", bound=str)


def read_folder(files: Mapping[str, bytes], known: Known, _: Translate = str) -> Folder:
    """Read and check all files of a folder against each other and against what is known."""
    return _Reader(files, known, _).read()


class _Reader:
    """Reads one folder; each method reads one file."""

    def __init__(self, files: Mapping[str, bytes], known: Known, translate: Translate) -> None:
        self.files, self.known, self._ = files, known, translate
        self.folder = Folder()

    def read(self) -> Folder:
        if not any(name in self.files for name in FILES):
            message = self._("There is none of the files %(files)s. Choose the region's folder.")
            self.folder.structural.append(Problem(message % {"files": ", ".join(FILES)}, "no-files"))
            return self.folder
        self._each(REGION, self._settings)
        self._each(DIVISIONS, self._division)
        self._check_tree()
        self._read_outlines()
        self._each(UNITS, self._unit)
        self._check_units()
        self._each(PEOPLE, self._person)
        self._each(POSTINGS, self._posting)
        self._each(CALENDAR, self._day)
        return self.folder

    def _each(self, file: str, take: Callable[[Row], None]) -> None:
        """Read a table, if it is there, and take its rows one by one."""
        if file not in self.files:
            return
        table = read_table(
            file, self.files[file], needs=NEEDED[file], may_have=OPTIONAL[file], longest=LONGEST, _=self._
        )
        self._note(table)
        for row in table.rows:
            take(row)

    def _note(self, table: Table) -> None:
        # A row missing from a tree leaves others hanging, so there every unreadable row is structural.
        in_tree = table.file in (DIVISIONS, UNITS)
        for problem in table.problems:
            harmless = problem.code == "unknown-column"
            if harmless or (table.is_readable and not in_tree):
                self.folder.problems.append(problem)
            else:
                self.folder.structural.append(problem)

    def _bad(self, row: Row, kind: str, column: str, message: str, /, **values: object) -> None:
        """Note a problem that costs the row."""
        self.folder.problems.append(row.problem(message % values if values else message, kind, column))

    def _broken(self, row: Row, kind: str, column: str, message: str, /, **values: object) -> None:
        """Note a structural problem."""
        self.folder.structural.append(row.problem(message % values if values else message, kind, column))

    # Settings

    def _settings(self, row: Row) -> None:
        _ = self._
        try:
            if row["time_zone"]:
                ZoneInfo(row["time_zone"])
            if row["work_spans"]:
                parse_spans(row["work_spans"])
        except (ZoneInfoNotFoundError, ValueError) as error:
            column = "work_spans" if isinstance(error, BadSpans) else "time_zone"
            self._bad(row, "bad-setting", column, _("Not valid: %(error)s. Correct it."), error=error)
            return
        self.folder.settings = {key: value for key, value in row.values.items() if value}
        if "is_invented" in self.folder.settings:
            self.folder.settings["is_invented"] = self._flag(row, "is_invented", False)

    # Divisions

    def _division(self, row: Row) -> None:
        _ = self._
        code, level = row["code"], _member(Level, row["level"])
        if level is None:
            self._broken(row, "unknown-level", "level", _("The level '%(level)s' is not known. Use one of: %(levels)s."),
                         level=row["level"], levels=", ".join(Level))  # fmt: skip
        elif not re.fullmatch(r"[0-9]+", code) or len(code) != CODE_LENGTHS[level]:
            self._broken(row, "bad-code", "code", _("'%(code)s' is not a code of %(length)s digits, which a %(level)s has. "
                         "Correct it (spreadsheets drop leading zeros: format the column as text)."),
                         code=code, length=CODE_LENGTHS[level], level=level)  # fmt: skip
        elif code in self.folder.divisions:
            self._broken(
                row, "double-code", "code", _("The code %(code)s stands twice. Remove one row."), code=code
            )
        elif not row["name_zh_hans"]:
            self._broken(row, "no-name", "name_zh_hans", _("The name is missing. Fill it in."))
        else:
            self.folder.divisions[code] = DivisionRow(
                row, code, level, row["parent"], division_path(code, level), self._centre(row),
                self._choice(row, "centre_quality", CentreQuality), self._number(row, "area_km2", 0, 2_000_000),
                self._flag(row, "is_invented", False),
            )  # fmt: skip

    def _centre(self, row: Row) -> tuple[float, float] | None:
        _ = self._
        if not row["centre_lon"] and not row["centre_lat"]:
            return None
        lon, lat = _float(row["centre_lon"]), _float(row["centre_lat"])
        if lon is None or lat is None:
            self._bad(row, "bad-number", "centre_lon" if lon is None else "centre_lat",
                      _("The centre needs both longitude and latitude as numbers in degrees. Correct or clear them."))  # fmt: skip
            return None
        if abs(lat) > 90 and abs(lon) <= 90:
            self._bad(
                row,
                "swapped",
                "centre_lat",
                _("Longitude and latitude are swapped. Exchange the two columns."),
            )
            return None
        if abs(lat) > 90 or abs(lon) > 180:
            self._bad(
                row,
                "out-of-range",
                "centre_lon",
                _("The centre does not lie on the globe. Give degrees in WGS-84."),
            )
            return None
        return lon, lat

    def _check_tree(self) -> None:
        """Find each division's parent; exactly one may have none."""
        by_path = {path: code for code, path in self.known.divisions.items()}
        by_path |= {division.path: division.code for division in self.folder.divisions.values()}
        roots = []
        for code, division in list(self.folder.divisions.items()):
            parent = division.parent or nearest_above(division.path, by_path)
            if not parent:
                roots.append(division)
                continue
            path = self._path_of(parent)
            if path is None:
                self._broken(division.row, "unknown-parent", "parent",
                             self._("There is no division %(parent)s. Add it, or correct the parent."), parent=parent)  # fmt: skip
            elif path == division.path or not division.path.startswith(path):
                self._broken(division.row, "parent-mismatch", "parent",
                             self._("%(code)s cannot be part of %(parent)s: its code does not begin with that of the parent. "
                                    "Correct one of the two."), code=code, parent=parent)  # fmt: skip
            self.folder.divisions[code] = replace(division, parent=parent)
        self._check_roots(roots)

    def _check_roots(self, roots: Sequence[DivisionRow]) -> None:
        for division in roots:
            if self.known.root not in ("", division.code) or division is not roots[0]:
                self._broken(division.row, "second-root", "parent",
                             self._("Only one division may have no parent; this one is the second. Name its parent."))  # fmt: skip

    def _path_of(self, code: str) -> str | None:
        division = self.folder.divisions.get(code)
        return division.path if division else self.known.divisions.get(code)

    def _read_outlines(self) -> None:
        if OUTLINES not in self.files:
            return
        centres = {code: division.centre for code, division in self.folder.divisions.items()}
        codes = {**dict.fromkeys(self.known.divisions), **centres}
        given, refused, problems = read_outlines(OUTLINES, self.files[OUTLINES], codes, self._)
        self.folder.outlines = given
        (self.folder.structural if refused else self.folder.problems).extend(problems)

    # Units

    def _unit(self, row: Row) -> None:
        _ = self._
        code, kind = row["code"], _member(UnitKind, row["kind"])
        if not re.fullmatch(UNIT_CODE, code):
            self._broken(row, "bad-code", "code", _("'%(code)s' is not a unit code. Use small letters, digits and hyphens."),
                         code=code)  # fmt: skip
        elif code in self.folder.units:
            self._broken(
                row, "double-code", "code", _("The code %(code)s stands twice. Remove one row."), code=code
            )
        elif kind is None:
            self._broken(row, "unknown-kind", "kind", _("The kind '%(kind)s' is not known. Use line (条) or territory (块)."),
                         kind=row["kind"])  # fmt: skip
        elif not row["name_zh_hans"]:
            self._broken(row, "no-name", "name_zh_hans", _("The name is missing. Fill it in."))
        elif self._path_of(row["division"]) is None:
            self._broken(row, "unknown-division", "division", _("There is no division %(code)s. Add it, or correct the code."),
                         code=row["division"])  # fmt: skip
        else:
            active = self._flag(row, "is_active", True)
            self.folder.units[code] = UnitRow(row, code, kind, row["parent"], row["division"], active)

    def _check_units(self) -> None:
        """Find unknown supervisors and circles."""
        parents = {**self.known.units, **{code: unit.parent for code, unit in self.folder.units.items()}}
        for code, unit in self.folder.units.items():
            if unit.parent and unit.parent not in parents:
                self._broken(unit.row, "unknown-parent", "parent",
                             self._("There is no unit '%(parent)s'. Add it, or correct the parent."), parent=unit.parent)  # fmt: skip
            elif is_in_circle(code, parents):
                self._broken(unit.row, "circle", "parent",
                             self._("The unit supervises itself by way of its parents. Correct a parent."))  # fmt: skip
            elif sum(len(step) + 1 for step in way_up(code, parents)) > MOST_UNIT_PATH:
                self._broken(
                    unit.row,
                    "too-deep",
                    "parent",
                    self._("The unit stands too deep in the tree. Shorten codes."),
                )

    # People and postings

    def _person(self, row: Row) -> None:
        _ = self._
        username = row["username"]
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,59}", username):
            self._bad(row, "bad-login", "username", _("'%(name)s' is not a login name. Use two to sixty letters, digits, "
                      "dots, hyphens."), name=username)  # fmt: skip
        elif username in self.folder.people:
            self._bad(
                row,
                "double-login",
                "username",
                _("The login %(name)s stands twice. Remove one row."),
                name=username,
            )
        elif not row["name"]:
            self._bad(row, "no-name", "name", _("The name is missing. Fill it in."))
        elif row["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", row["email"]):
            self._bad(row, "bad-email", "email", _("'%(email)s' is not an e-mail address. Correct or clear it."),
                      email=row["email"])  # fmt: skip
        else:
            self.folder.people[username] = PersonRow(row, username, self._flag(row, "is_invented", False))

    def _posting(self, row: Row) -> None:
        _ = self._
        role = _member(Role, row["role"])
        since, until = self._day_of(row, "since_on"), self._day_of(row, "until_on")
        key = (row["username"], row["unit"], row["role"])
        if row["username"] not in self.folder.people and row["username"] not in self.known.people:
            self._bad(row, "unknown-person", "username", _("There is nobody with the login '%(name)s'. Add them to people.csv."),
                      name=row["username"])  # fmt: skip
        elif row["unit"] not in self.folder.units and row["unit"] not in self.known.units:
            self._bad(
                row,
                "unknown-unit",
                "unit",
                _("There is no unit '%(code)s'. Add it to units.csv."),
                code=row["unit"],
            )
        elif role is None:
            self._bad(row, "unknown-role", "role", _("The role '%(role)s' is not known. Use one of: %(roles)s."),
                      role=row["role"], roles=", ".join(Role))  # fmt: skip
        elif since and until and until < since:
            self._bad(row, "bad-period", "until_on", _("The posting ends before it begins. Correct a date."))
        elif key in self.folder.postings:
            self._bad(row, "double-posting", "role", _("The posting stands twice. Remove one row."))
        else:
            self.folder.postings[key] = PostingRow(row["username"], row["unit"], role, since, until)

    # Calendar

    def _day(self, row: Row) -> None:
        _ = self._
        on = self._day_of(row, "on")
        if on is None:
            if not row["on"]:
                self._bad(row, "bad-date", "on", _("The day is missing. Write it as 2026-10-01."))
        elif on in self.folder.days:
            self._bad(row, "double-day", "on", _("The day stands twice. Remove one row."))
        elif row["is_working"].lower() not in _FLAGS:
            self._bad(
                row,
                "bad-flag",
                "is_working",
                _("'%(value)s' is neither yes nor no. Write 1 or 0."),
                value=row["is_working"],
            )
        else:
            self.folder.days[on] = DayRow(on, _FLAGS[row["is_working"].lower()], row["name"])

    # Fields

    def _day_of(self, row: Row, column: str) -> date | None:
        if not row[column]:
            return None
        try:
            return date.fromisoformat(row[column])
        except ValueError:
            self._bad(
                row,
                "bad-date",
                column,
                self._("'%(value)s' is not a day. Write it as 2026-10-01."),
                value=row[column],
            )
            return None

    def _flag(self, row: Row, column: str, default: bool) -> bool:
        value = row[column].lower()
        if value and value not in _FLAGS:
            message = self._("'%(value)s' is neither yes nor no. Write 1 or 0.")
            self._bad(row, "bad-flag", column, message, value=row[column])
        return _FLAGS.get(value, default)

    def _number(self, row: Row, column: str, least: float, most: float) -> float | None:
        if not row[column]:
            return None
        value = _float(row[column])
        if value is None or not least <= value <= most:
            self._bad(row, "bad-number", column, self._("'%(value)s' is not a number from %(least)s to %(most)s. Correct or clear it."),
                      value=row[column], least=least, most=most)  # fmt: skip
            return None
        return value

    def _choice(self, row: Row, column: str, choices: type[CentreQuality]) -> str:
        if row[column] and _member(choices, row[column]) is None:
            self._bad(row, "unknown-choice", column, self._("'%(value)s' is not known. Use one of: %(choices)s."),
                      value=row[column], choices=", ".join(choices))  # fmt: skip
            return ""
        return row[column]


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


Choice = TypeVar("Choice", Level, UnitKind, Role, CentreQuality)


def _member(kind: type[Choice], value: str) -> Choice | None:
    try:
        return kind(value)
    except ValueError:
        return None
