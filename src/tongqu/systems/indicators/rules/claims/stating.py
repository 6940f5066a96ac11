"""The fields of a claim: period, division, unit and set, from what surrounds its value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tongqu.systems.indicators.rules.claims.claim import Claim, Kind
from tongqu.systems.indicators.rules.claims.divisions import Mention
from tongqu.systems.indicators.rules.claims.figures import Sort
from tongqu.systems.indicators.rules.claims.grammar import Predicate
from tongqu.systems.indicators.rules.claims.items import Item
from tongqu.systems.indicators.rules.claims.kinds import kind_of, signed
from tongqu.systems.indicators.rules.claims.memory import Group, Memory
from tongqu.systems.indicators.rules.claims.nouns import Name, is_measure, subject_of_measure, without_growth
from tongqu.systems.indicators.rules.claims.numerals import whole
from tongqu.systems.indicators.rules.claims.periods import Period, spans_years, year_of
from tongqu.systems.indicators.rules.claims.sheet import Dictionary, Sheet
from tongqu.systems.indicators.rules.claims.surroundings import between, division_at, period_at

_AIMS = re.compile(r"力争|有望|可望|目标[:是]|预期目标|主要目标|确保|争取|预期[:为]")
_MEASURED_BY = re.compile("(?:恢复|回)[至到]$|相当于$")
_YEAR_BEFORE = re.compile("[上去]年")
_RUN = re.compile(r"(?:连续|连|已)([0-9]{1,2}|[二两三四五六七八九十]{1,3})年[^,。]{0,12}$")


@dataclass(frozen=True)
class Stating:
    """A sentence that states values: its text with marks, the dictionary, its beginning, and what it has said so far."""

    sheet: Sheet
    known: Dictionary
    begin: int
    memory: Memory


def claims_of_group(at: Stating, group: Group) -> list[Claim]:
    """Return the claims of a list of values, and remember what they were about."""
    memory = at.memory
    claims, stems = [], []
    for number, (item, name) in enumerate(zip(group.items, group.names, strict=True)):
        place = group.divisions[number] if group.divisions else division_at(at.sheet, at.begin, item.at)
        stem, said = _stem(item, name, group.said, memory)
        claims.append(_claim(at, item, stem, name, place, said, attributive=group.attributive))
        stems.append(stem)
    memory.kind, memory.said = claims[-1].kind, group.said
    _remember(memory, group, stems)
    return claims


def _stem(item: Item, name: Name, said: Predicate, memory: Memory) -> tuple[Name, Predicate]:
    """Return the indicator that a value in per cent is of: of 投资增速 it is the growth of 投资."""
    if item.sort is not Sort.RATIO or item.origin or said.part:
        return name, said
    stem, growth = without_growth(name)
    said = replace(said, yearly=said.yearly or "年均" in name.plain[len(stem.plain) :])
    if growth and (said.to or not said.direction):
        said = replace(said, direction=growth, to=False)
    return stem or memory.base, said


def _remember(memory: Memory, group: Group, stems: list[Name]) -> None:
    """Remember the indicators that were named, for the clauses that follow."""
    if group.items[0].rank:
        memory.base = memory.base or without_growth(stems[-1])[0]
        memory.recent = memory.recent or stems
        return
    whole = (
        group.whole
        if group.whole and not is_measure(group.whole) and "、" not in group.whole.plain
        else stems[-1]
    )
    memory.base = subject_of_measure(without_growth(whole)[0] or whole) or memory.base
    bare = [without_growth(stem)[0] or stem for stem in stems]
    if bare != stems:
        # What follows of these is of the growth again, or of what grew.
        memory.kind = Kind.YOY
    memory.recent = [name for name in memory.recent if name not in bare] + bare


def _claim(
    at: Stating,
    item: Item,
    stem: Name,
    name: Name,
    place: Mention | None,
    said: Predicate,
    *,
    attributive: bool,
) -> Claim:
    sheet, figure, rank = at.sheet, item.figure, item.rank
    period = _period(at, item, said)
    kind = kind_of(item, said, name.plain, period, attributive=attributive)
    if stem in at.memory.recent and kind is Kind.LEVEL and _base_before(at, item):
        # What a value is compared with is of its kind: 上升2.1%,较2022年的1.9%略高.
        kind = at.memory.kind or kind
    start, end = sheet.plain.span(item.start, item.end)
    return Claim(
        start,
        end,
        sheet.plain.original[start:end],
        _division(sheet, place),
        stem.written,
        period,
        kind,
        value=signed(figure.value, said, item) if figure else None,
        unit=_unit(sheet, item),
        value_from=item.origin.value if item.origin else figure.low if figure else None,
        rank=rank.rank if rank else None,
        rank_scope=_scope(at, item),
        approximate=bool((figure and figure.approximate) or said.about) and kind is not Kind.RANK,
        code=at.known.indicators.get(stem.plain, ""),
        division_code=place.code if place else sheet.subject.code if sheet.subject else "",
        rank_within=bool(rank and rank.within),
        target=said.target or bool(_AIMS.search(sheet.text[at.begin : item.start])),
    )


def _period(at: Stating, item: Item, said: Predicate) -> str:
    """Return the period of a value: the sentence's, that of the sentence before, or the text's; a from–to may span two."""
    if item.origin:
        return _became_over(at, item)
    named = period_at(at.sheet, at.begin, item.at)
    frame = at.memory.carried or at.sheet.now.main
    base = _base_before(at, item)
    if base and not (said.part and _MEASURED_BY.search(at.sheet.text, at.begin, base.start)):
        return base.name
    held = at.memory.spent.get(named.start, named.name) if named else frame
    if said.yearly and re.fullmatch("[0-9]{4}", held):
        held = _years_before(at, item) or held
    run = _RUN.search(at.sheet.text[at.begin : item.at]) if item.rank else None
    last = year_of(held)
    if run and last and whole(run[1]) > 1:
        return f"{last - whole(run[1]) + 1}/{last}"
    # What is planned without a date lies after the text's period.
    return "" if said.target and not named and not at.memory.carried else held


def _years_before(at: Stating, item: Item) -> str:
    """Return the years that a growth on a year's average is over: those named last, else the text's."""
    names = [period.name for period in between(at.sheet.periods, at.begin, item.at)]
    spans = [name for name in (at.sheet.now.main, at.memory.carried, *names) if spans_years(name)]
    return spans[-1] if spans else ""


def _base_before(at: Stating, item: Item) -> Period | None:
    """Return the period that a value is compared in, where it stands directly before it: 较2015年的3.78%上升."""
    named = between(at.sheet.periods, at.begin, item.at)
    if not named or not named[-1].base or item.sort is Sort.TIMES:
        return None
    return named[-1] if at.sheet.text[named[-1].end : item.at] in {"的", ""} else None


def _became_over(at: Stating, item: Item) -> str:
    """Return the period of a from–to: between its two years, else the one that holds there."""
    sheet, memory = at.sheet, at.memory
    named = between(sheet.periods, at.begin, item.at)
    origin = named[-1] if named and _from(sheet.text, named[-1].start, item.at) else None
    other = [period for period in named if period is not origin and not period.base and period.name]
    frame = memory.spent.get(other[-1].start, other[-1].name) if other else memory.carried or sheet.now.main
    if origin is None or origin.year is None:
        return _frame_of_years(at, frame, named=bool(other))
    inside = between(sheet.periods, item.at, item.end)
    if _YEAR_BEFORE.match(sheet.text, origin.start):
        period = _frame_of_years(at, frame, named=bool(other))
        memory.spent[origin.start] = period
        return period
    last = year_of(inside[-1].name) if inside else year_of(frame) or sheet.now.year
    period = f"{origin.year}/{last}" if last and last != origin.year else str(origin.year)
    memory.spent.update({one.start: period for one in (origin, *inside)})
    return period


def _frame_of_years(at: Stating, frame: str, *, named: bool) -> str:
    """Return the period of a from–to without years: in a text about many years it is about them, and so is what follows."""
    main = at.sheet.now.main
    if named or "/" in frame or not spans_years(main):
        return frame
    at.memory.carried = ""
    return main


def _from(text: str, start: int, at: int) -> bool:
    """Say whether the period that begins at a place is where a from–to came from."""
    return text[start - 1 : start] in {"从", "由", "自"} and at - start < _NEAR


_NEAR = 14


def _division(sheet: Sheet, place: Mention | None) -> str:
    """Return a division's name in the characters of the text."""
    if place is not None and sheet.text[place.start : place.end] == place.name:
        return sheet.plain.written(place.start, place.end)
    name = place.name if place else sheet.subject.name if sheet.subject else ""
    at = sheet.text.find(name) if name else -1
    if at >= 0:
        return sheet.plain.written(at, at + len(name))
    return "".join(_letter(sheet, character) for character in name)


def _letter(sheet: Sheet, character: str) -> str:
    """Return a character as the text writes it, where it does."""
    at = sheet.text.find(character)
    return sheet.letters.get(character) or (sheet.plain.written(at, at + 1) if at >= 0 else character)


def _unit(sheet: Sheet, item: Item) -> str:
    """Return the unit in the characters of the text."""
    if item.figure is None:
        return ""
    written = sheet.plain.written(item.start, item.end)
    letters = dict(zip(sheet.text[item.start : item.end], written, strict=True)) | {"%": "%"}
    return "".join(letters.get(character, character) for character in item.figure.unit)


def _scope(at: Stating, item: Item) -> str:
    """Return the set of a rank: the one beside it, else the last of the sentence."""
    if item.rank is None:
        return ""
    if item.rank.scope:
        at.memory.scope = at.sheet.plain.written(*item.rank.scope)
    return at.memory.scope
