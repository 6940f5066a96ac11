"""Marks of what is defined: a page sends the one that it showed, and what was changed meanwhile is not overwritten."""

from __future__ import annotations

from collections.abc import Iterable

from tongqu.systems.indicators.models.contest import Contest
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.marks import mark_of


def mark_of_contest(row: Contest | None) -> str:
    """Return the mark of a contest's names, set and terms; empty where there is none."""
    if row is None:
        return ""
    return mark_of([row.name_zh_hans, row.name_zh_hant, row.name_en, row.division_set.code, row.terms])


def mark_of_set(row: DivisionSet | None) -> str:
    """Return the mark of a set's names, members and rule for late figures; empty where there is none."""
    if row is None:
        return ""
    members = row.members.values_list("code", flat=True)
    return set_mark(row.name_zh_hans, row.name_zh_hant, row.name_en, row.late, members)


def set_mark(hans: str, hant: str, english: str, late: str, members: Iterable[str]) -> str:
    """Return the mark that a set of these names, this rule and these members has."""
    return mark_of([hans, hant, english, str(late), sorted(members)])


def mark_of_indicator(row: Indicator | None) -> str:
    """Return the mark of an indicator, its version; empty where there is none."""
    return "" if row is None else str(row.version)
