"""What the store knows, for reading reports and for finding what their claims mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.dictionary import (
    codes_of_divisions,
    dictionary,
    names_of_indicators,
    with_divisions,
)
from tongqu.systems.indicators.rules.claims.meaning import Known
from tongqu.systems.indicators.rules.claims.sets import SetOf, counted
from tongqu.systems.indicators.rules.claims.sheet import Dictionary
from tongqu.systems.indicators.rules.standard import short_code


@dataclass(frozen=True)
class Knowledge:
    """What the store knows, with the names that people see, by code."""

    known: Known
    indicators: dict[str, Indicator]
    divisions: dict[str, StatDivision]
    sets: dict[str, DivisionSet]


def knowledge() -> Knowledge:
    """Return what the store knows, in a fixed number of queries."""
    base = dictionary()
    indicators = {each.code: each for each in Indicator.objects.all()}
    divisions = {
        each.code: each
        for each in StatDivision.objects.only("code", "name_zh_hans", "name_zh_hant", "name_en")
    }
    sets = {each.code: each for each in DivisionSet.objects.prefetch_related("members")}
    plain = base.characters
    known = Known(
        {code: each.definition for code, each in indicators.items()},
        _names_of(indicators, base),
        _divisions_of(divisions, base),
        [_set_of(each, plain) for each in sets.values()],
        plain,
        counted(codes_of_divisions()),
        {code: each.name_zh_hans for code, each in divisions.items()},
    )
    return Knowledge(known, indicators, divisions, sets)


def _names_of(indicators: dict[str, Indicator], base: Dictionary) -> dict[str, str]:
    """Return the code of each name: those of the store, and what the dictionary calls the same indicator besides."""
    told = {
        name.translate(base.characters): each.code
        for each in indicators.values()
        for name in (each.name_zh_hans, each.name_zh_hant, each.name_en)
        if name
    }
    also: dict[str, str] = {}
    for code, names in names_of_indicators().items():
        plain = [name.translate(base.characters) for name in names]
        own = code if code in indicators else next((told[name] for name in plain if name in told), "")
        also |= dict.fromkeys(plain, own) if own else {}
    return also | told


def _divisions_of(divisions: dict[str, StatDivision], base: Dictionary) -> dict[str, str]:
    """Return the code of each code, and of each name that only one division has."""
    names: dict[str, set[str]] = {}
    for code, each in divisions.items():
        for name in (each.name_zh_hans, each.name_zh_hant):
            names.setdefault(name.translate(base.characters), set()).add(code)
    alone = {name: next(iter(codes)) for name, codes in names.items() if name and len(codes) == 1}
    return alone | {code: code for code in divisions}


def _set_of(each: DivisionSet, table: Mapping[int, int]) -> SetOf:
    names = {name.translate(table) for name in (each.name_zh_hans, each.name_zh_hant) if name}
    members = frozenset(member.code for member in each.members.all())
    return SetOf(each.code, each.name_zh_hans.translate(table), members, frozenset(names))


def dictionary_of_store() -> Dictionary:
    """Return the dictionary that reports are read with: the system's own, and what the store names besides."""
    base = dictionary()
    found = knowledge().known
    own = codes_of_divisions()
    fresh = [
        (code, name)
        for name, code in found.divisions.items()
        if name != code
        and not name.isascii()
        and (short_code(code) not in own or name not in base.gazetteer.by_name)
    ]
    # Building the pattern of all names takes a tenth of a second, so only where there is something to add.
    whole = with_divisions(fresh) if fresh else base
    return replace(whole, indicators={**base.indicators, **found.names})
