"""The standard lists that come with the system: indicators with all their terms, divisions of statistics and sets of them.

They are the same files that the reader of reports knows its indicators by, so that a claim and a figure mean the same.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from tongqu.systems.indicators.rules.definition import Definition
from tongqu.systems.indicators.rules.standard import definition_of

FOLDER = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class StandardSet:
    """A named set of divisions."""

    code: str
    name_hans: str
    name_hant: str
    name_en: str
    members: tuple[str, ...]


def standard_indicators() -> list[Definition]:
    """Return the indicators of the standard list."""
    return [definition_of(row) for row in rows_of("indicators.csv")]


def standard_divisions() -> list[tuple[str, str, str, str]]:
    """Return province, prefectures and counties: code of six figures, and the name in three languages."""
    return [
        (row["code"], row["name_zh_hans"], row["name_zh_hant"], row["name_en"])
        for row in rows_of("stat_divisions.csv")
    ]


def standard_sets() -> list[StandardSet]:
    """Return the sets of the standard list."""
    return [
        StandardSet(
            row["code"],
            row["name_zh_hans"],
            row["name_zh_hant"],
            row["name_en"],
            tuple(row["members"].split("|")),
        )
        for row in rows_of("sets.csv")
    ]


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of a table that comes with the system."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
