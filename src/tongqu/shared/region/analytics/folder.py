"""The folder of a region: its files, their columns and what their rows mean.

Problems are of two kinds. *Structural* ones (a doubled code, an unknown parent, a circle, a missing column) make
the whole folder unusable, because rows would hang in the air. All others cost only their row.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.region.analytics.outlines import GivenOutline
from tongqu.shared.region.analytics.tables import Row, Translate
from tongqu.shared.region.rules import Level, Role, UnitKind

DIVISIONS, OUTLINES, UNITS = "divisions.csv", "outlines.geojson", "units.csv"
PEOPLE, POSTINGS, CALENDAR, REGION = "people.csv", "postings.csv", "calendar.csv", "region.csv"
FILES = (REGION, DIVISIONS, OUTLINES, UNITS, PEOPLE, POSTINGS, CALENDAR)
MOST_UNPACKED_BYTES = 256 * 1024 * 1024

NEEDED: dict[str, tuple[str, ...]] = {
    REGION: (),
    DIVISIONS: ("code", "level", "name_zh_hans"),
    UNITS: ("code", "kind", "division", "name_zh_hans"),
    PEOPLE: ("username", "name"),
    POSTINGS: ("username", "unit", "role"),
    CALENDAR: ("on", "is_working"),
}
OPTIONAL: dict[str, tuple[str, ...]] = {
    REGION: ("time_zone", "work_spans", "is_invented"),
    DIVISIONS: (
        "parent", "name_zh_hant", "name_en", "centre_lon", "centre_lat", "centre_quality", "area_km2", "source",
        "is_invented",
    ),
    UNITS: ("parent", "name_zh_hant", "name_en", "answers_for", "phone", "is_active"),
    PEOPLE: ("phone", "email", "language", "is_invented"),
    POSTINGS: ("since_on", "until_on"),
    CALENDAR: ("name",),
}  # fmt: skip

LONGEST = {
    "name_zh_hans": 100, "name_zh_hant": 100, "name_en": 200, "source": 300, "username": 60, "name": 60, "phone": 40,
    "email": 254, "language": 10, "time_zone": 60, "work_spans": 100,
}  # fmt: skip
"""How many characters the database keeps of a column; other columns have a form of their own."""


@dataclass(frozen=True)
class DivisionRow:
    """A division as the folder gives it."""

    row: Row
    code: str
    level: Level
    parent: str
    path: str
    centre: tuple[float, float] | None
    centre_quality: str
    area_km2: float | None
    is_invented: bool


@dataclass(frozen=True)
class UnitRow:
    """A unit as the folder gives it."""

    row: Row
    code: str
    kind: UnitKind
    parent: str
    division: str
    is_active: bool


@dataclass(frozen=True)
class PersonRow:
    """A person as the folder gives them; never a password."""

    row: Row
    username: str
    is_invented: bool


@dataclass(frozen=True)
class PostingRow:
    """A posting as the folder gives it."""

    username: str
    unit: str
    role: Role
    since_on: date | None
    until_on: date | None


@dataclass(frozen=True)
class DayRow:
    """A holiday or a shifted working day."""

    on: date
    is_working: bool
    name: str


@dataclass(frozen=True)
class Known:
    """What the region holds already, by code: divisions with their paths, units with their supervisors."""

    divisions: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    root: str = ""


@dataclass
class Folder:
    """A folder that has been read: its good rows, and all that is wrong."""

    settings: dict[str, str | bool] = field(default_factory=dict)
    divisions: dict[str, DivisionRow] = field(default_factory=dict)
    outlines: dict[str, GivenOutline] = field(default_factory=dict)
    units: dict[str, UnitRow] = field(default_factory=dict)
    people: dict[str, PersonRow] = field(default_factory=dict)
    postings: dict[tuple[str, str, str], PostingRow] = field(default_factory=dict)
    days: dict[date, DayRow] = field(default_factory=dict)
    structural: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        """Whether anything of it may be kept."""
        return not self.structural


def unpack(data: bytes, _: Translate = str) -> dict[str, bytes]:
    """Return the region's files out of a ZIP archive, wherever in it they lie; raises `BadInput`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wanted = {
                PurePosixPath(info.filename).name: info
                for info in archive.infolist()
                if PurePosixPath(info.filename).name in FILES
            }
            if sum(info.file_size for info in wanted.values()) > MOST_UNPACKED_BYTES:
                raise BadInput([Problem(_("The archive holds too much. Split it."), "too-large")])
            return {name: archive.read(info) for name, info in wanted.items()}
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError) as error:
        message = _("The file is not a ZIP archive that can be opened (%(error)s). Pack the folder anew.")
        raise BadInput([Problem(message % {"error": error}, "bad-zip")]) from error
