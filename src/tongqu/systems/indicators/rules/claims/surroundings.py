"""What holds at a place of a text: the words before it in its clause, its period and its division."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tongqu.systems.indicators.rules.claims.divisions import Mention
from tongqu.systems.indicators.rules.claims.grammar import LAST_YEAR, OTHER_BASE, PLACE, tidy
from tongqu.systems.indicators.rules.claims.nouns import Name
from tongqu.systems.indicators.rules.claims.periods import Period
from tongqu.systems.indicators.rules.claims.sheet import Sheet, main_year

_SENTENCE = re.compile(r"[^。!?\n…]{1,2000}")
_BOUNDARIES = ",;:"
_INNER_BASE = re.compile(rf"[比较与同]?[{LAST_YEAR}{OTHER_BASE}]")
_BRACKET = re.compile(r"\([^()]{0,30}\)")
_LAST_YEAR_WORDS = re.compile(r"^(?:上年|去年|前年)|同期$")
_NO_OWNER_BEFORE = re.compile(
    r"(?:占|高于|低于|快于|慢于|居|列|排名|领先|比|较|超|高出|低|向|等|优于|位居|进入|在|到|对|从|由|占了)$"
)
_CLAUSE_START = re.compile(r"(?:^|[,;:。\n\t(]|年|月|季度|底|末|是|期间|来|其中|,在)$")


def _unnamed(found: re.Match[str]) -> str:
    """Return marks that are no part of a name, as many as the characters found."""
    return OTHER_BASE * len(found[0])


@dataclass(frozen=True)
class Words:
    """Words of the plain text from `begin`, with marks in place of periods and divisions; `indices` lead back, to the ends of marks too."""

    text: str
    indices: tuple[tuple[int, int], ...]
    mentions: tuple[Mention, ...] = ()
    begin: int = 0

    def name(self, sheet: Sheet, start: int, end: int) -> Name:
        """Return a part of the words as a name, marks of divisions spelt out."""
        plain, written = [], []
        # A comparison inside a name goes with the word before it: 出口比上年总量 is 出口总量.
        words = zip(_INNER_BASE.sub(_unnamed, self.text[start:end]), self.indices[start:end], strict=True)
        for character, (first, last) in words:
            if character != OTHER_BASE:
                plain.append(sheet.text[first:last])
                written.append(sheet.plain.written(first, last))
        return Name(tidy("".join(plain)), tidy("".join(written)))


def sentences(text: str) -> Iterable[tuple[int, int]]:
    """Yield the bounds of the sentences of a plain text.

    >>> list(sentences("甲。乙!\\n"))
    [(0, 1), (2, 3)]
    """
    for match in _SENTENCE.finditer(text):
        yield match.span()


def words_before(sheet: Sheet, begin: int, at: int) -> Words:
    """Return the words of a clause before a place; `begin` is the earliest that they can begin, where the value before ends.

    Whole brackets interrupt a name and are left out, and so are the borders between cells of a table: a cell names the values in
    the cells after it.
    """
    text = sheet.text
    inside = {index for found in _BRACKET.finditer(text, begin, at) for index in range(*found.span())}
    inside |= {index for index in range(begin, at) if text[index] == "\t"}
    for index in range(at - 1, begin - 1, -1):
        if index in inside:
            continue
        if text[index] in _BOUNDARIES or text[index] in "()" or text[index - 1 : index + 1] == "--":
            begin = index + 1
            break
    return _marked(sheet, begin, at, inside)


def _marked(sheet: Sheet, begin: int, at: int, inside: set[int]) -> Words:
    marks: dict[int, tuple[int, str]] = {}
    mentions = [m for m in between(sheet.mentions, begin, at) if not m.proper]
    for mention in mentions:
        marks[mention.start] = (mention.end, PLACE)
    for period in between(sheet.periods, begin, at):
        last = _LAST_YEAR_WORDS.search(sheet.text[period.start : period.end]) or _is_year_before(
            sheet, period
        )
        marks[period.start] = (period.end, (LAST_YEAR if last else OTHER_BASE) if period.base else "")
    characters, indices = [], []
    index = begin
    while index < at:
        end, mark = marks.get(index, (index + 1, sheet.text[index]))
        if index not in inside and mark:
            characters.append(mark)
            indices.append((index, min(end, at)))
        index = end
    return Words("".join(characters), tuple(indices), tuple(mentions), begin)


def _is_year_before(sheet: Sheet, base: Period) -> bool:
    """Say whether a base of comparison is the year before the one that its sentence speaks of."""
    begin = max(sheet.text.rfind(mark, 0, base.start) for mark in "。\n") + 1
    named = period_at(sheet, begin, base.start)
    year = named.year if named else main_year(sheet.now)
    return base.year is not None and year is not None and base.year == year - 1


class Mark(Protocol):
    """Something at a place of the plain text."""

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...


M = TypeVar("M", bound=Mark)


def between(marks: Sequence[M], begin: int, end: int) -> list[M]:
    """Return the marks that lie in a part of the text."""
    first = bisect_left(marks, begin, key=lambda mark: mark.start)
    last = bisect_left(marks, end, key=lambda mark: mark.start)
    return [mark for mark in marks[first:last] if mark.end <= end]


def period_at(sheet: Sheet, begin: int, at: int) -> Period | None:
    """Return the period last named in a sentence before a place, bases of comparison aside."""
    named = [p for p in between(sheet.periods, begin, at) if not p.base and p.name]
    return named[-1] if named else None


def division_at(sheet: Sheet, begin: int, at: int) -> Mention | None:
    """Return the division that a sentence speaks of before a place: the last one named that is nothing's share or measure."""
    for mention in reversed(between(sheet.mentions, begin, at)):
        before = sheet.text[max(begin, mention.start - 4) : mention.start]
        inside = mention.territory and not mention.code and before and not _CLAUSE_START.search(before)
        if not inside and (len(before) < 2 or not _NO_OWNER_BEFORE.search(before)):
            return mention
    return None
