"""The dictionary that comes with the system: characters, units, divisions, indicators; no database is needed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from tongqu.systems.indicators.queries.standard import rows_of
from tongqu.systems.indicators.rules.claims.divisions import gazetteer_of
from tongqu.systems.indicators.rules.claims.figures import Sort, pattern_of
from tongqu.systems.indicators.rules.claims.script import table_of
from tongqu.systems.indicators.rules.claims.sheet import Dictionary


@lru_cache(maxsize=1)
def dictionary() -> Dictionary:
    """Return the dictionary of the system."""
    return with_divisions(())


@lru_cache(maxsize=1)
def names_of_indicators() -> Mapping[str, list[str]]:
    """Return all names of each indicator of the dictionary, by its code."""
    return {row["code"]: _names(row) for row in rows_of("indicators.csv")}


@lru_cache(maxsize=1)
def codes_of_divisions() -> frozenset[str]:
    """Return the codes of the divisions of the dictionary."""
    return frozenset(each.code for found in dictionary().gazetteer.by_name.values() for each in found)


def with_divisions(divisions: Iterable[tuple[str, str]]) -> Dictionary:
    """Return the dictionary with more divisions, as codes and names."""
    units = {row["unit"]: Sort(row["sort"]) for row in rows_of("units.csv")}
    return Dictionary(
        table_of({row["traditional"]: row["simplified"] for row in rows_of("simplified.csv")}),
        units,
        pattern_of(units),
        gazetteer_of([*((row["code"], row["name"]) for row in rows_of("divisions.csv")), *divisions]),
        {name: row["code"] for row in rows_of("indicators.csv") for name in _names(row)},
    )


def _names(row: dict[str, str]) -> list[str]:
    return [row["name"], *(name for name in row["also"].split("|") if name)]
