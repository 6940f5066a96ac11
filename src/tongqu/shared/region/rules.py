"""What divisions, units and roles are: levels, codes and their order."""

from enum import StrEnum


class Level(StrEnum):
    """Level of a division, from the largest to the smallest; codes after GB/T 2260 and GB/T 10114."""

    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GRID = "grid"


class UnitKind(StrEnum):
    """The two kinds of unit: line department (条) and territorial government (块)."""

    LINE = "line"
    TERRITORY = "territory"


class Role(StrEnum):
    """What a person does in a unit."""

    DUTY_DESK = "duty_desk"
    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"
    REGION_ADMIN = "region_admin"


class OutlineQuality(StrEnum):
    """How far an outline can be trusted."""

    SURVEYED = "surveyed"
    SIMPLIFIED = "simplified"
    DERIVED = "derived"


class CentreQuality(StrEnum):
    """How far the point that stands for a division can be trusted."""

    SURVEYED = "surveyed"
    PUBLISHED = "published"
    """Taken from a published gazetteer or map."""
    PLACED = "placed"
    """Placed by hand or by a rule; may be kilometres off."""


CODE_LENGTHS = {Level.PREFECTURE: 6, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12, Level.GRID: 15}
"""How many digits the statistical code of each level has; grids are numbered by the region itself."""

_PATH_LENGTH = {Level.PREFECTURE: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12, Level.GRID: 15}
PATH_LENGTHS = tuple(_PATH_LENGTH.values())
"""How long the paths of the levels are, from the largest division to the smallest."""


def division_path(code: str, level: Level) -> str:
    """Return the prefix that all codes below this division share.

    Statistical codes are hierarchical, so a subtree is one range of text.

    >>> division_path("330800", Level.PREFECTURE)
    '3308'
    >>> division_path("330803102", Level.TOWNSHIP)
    '330803102'
    """
    return code[: _PATH_LENGTH[level]]


def after_prefix(prefix: str) -> str:
    """Return the first text that sorts after everything beginning with the prefix (digits and ASCII only).

    >>> after_prefix("3308")
    '3309'
    >>> after_prefix("000001/")
    '0000010'
    """
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


UNIT_CODE = r"[a-z0-9][a-z0-9-]{0,39}"
"""The form of a unit's code, as a regular expression."""

MOST_UNIT_PATH = 300
"""How long the path of a unit may be: the codes from the top, each followed by a slash."""
