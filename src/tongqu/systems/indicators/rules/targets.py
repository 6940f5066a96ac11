"""Targets per division as a small table of text, as a spreadsheet's cells are pasted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tongqu.kernel.problems import Problem
from tongqu.systems.indicators.rules.figures import BadNumber, read_number
from tongqu.systems.indicators.rules.growth import decimals_of
from tongqu.systems.indicators.rules.saying import Said, gettext_noop, wrong

DIVISION_TITLES = frozenset({"division", "code", "区划", "區劃", "地区", "地區", "代码", "代碼"})
NAME_TITLES = frozenset({"", "name", "名称", "名稱"})
"""Headings of a column that is there for people alone."""
MOST_DECIMALS = 4
MOST = Decimal(10**9)
Targets = dict[str, dict[str, str]]
"""Targets as texts, by item and division."""


@dataclass
class ReadTargets:
    """What was read: the targets, and what is wrong with the others. Rows count from 1, the heading."""

    targets: Targets = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def targets_text(
    targets: Mapping[str, Mapping[str, str]], items: Sequence[str], names: Mapping[str, str]
) -> str:
    """Return targets as a table of text: a line for each division that has one, a column for each item that has any.

    >>> print(targets_text({"gdp": {"330825": "6.5"}}, ["gdp", "pm"], {"330825": "龙游县"}).expandtabs(12))
    division    name        gdp
    330825      龙游县         6.5
    """
    columns = [item for item in items if targets.get(item)]
    if not columns:
        return ""
    lines = [["division", "name", *columns]]
    for code in sorted({code for item in columns for code in targets[item]}):
        lines.append([code, names.get(code, ""), *(targets[item].get(code, "") for item in columns)])
    return "\n".join("\t".join(cells) for cells in lines)


def read_targets(text: str, items: Mapping[str, str], divisions: Mapping[str, str]) -> ReadTargets:
    """Return the targets that a table of text says; an empty cell is no target.

    `items` holds the item by each heading that names it, `divisions` the code by code and by name. Cells are parted by tabs, or
    by commas where there is no tab.

    >>> known = read_targets("区划\\tgdp\\n龙游县\\t6.5\\n330803\\t", {"gdp": "gdp"}, {"龙游县": "330825", "330803": "330803"})
    >>> known.targets, known.problems
    ({'gdp': {'330825': '6.5'}}, [])
    """
    found = ReadTargets()
    rows = list(_cells(text))
    if not rows:
        return found
    columns = _columns(rows[0][1], items, found)
    if found.problems:
        return found
    for number, cells in rows[1:]:
        _read_row(number, cells, columns, divisions, found)
    return found


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    separator = "\t" if "\t" in text else ","
    for number, line in enumerate(text.replace("，", ",").splitlines(), start=1):
        if line.strip():
            yield number, [cell.strip() for cell in line.split(separator)]


def _columns(heading: Sequence[str], items: Mapping[str, str], found: ReadTargets) -> list[str]:
    """Return the item of each column; empty for the first and for names."""
    columns = []
    for place, title in enumerate(heading):
        name = title.lower()
        if place == 0 or name in NAME_TITLES:
            columns.append("")
        elif item := items.get(title) or items.get(name):
            columns.append(item)
        else:
            say = gettext_noop("'%(title)s' is no item of the contest. Head the columns with %(items)s.")
            _note(found, 1, Said(say, {"title": title, "items": ", ".join(dict.fromkeys(items.values()))}))
    if heading[0].lower() not in DIVISION_TITLES:
        say = gettext_noop("The first line names the columns: division, then the code of an item each.")
        _note(found, 1, Said(say))
    return columns


def _read_row(
    number: int,
    cells: Sequence[str],
    columns: Sequence[str],
    divisions: Mapping[str, str],
    found: ReadTargets,
) -> None:
    code = divisions.get(cells[0])
    if code is None:
        say = gettext_noop("'%(text)s' is no code or name of a member of the set.")
        return _note(found, number, Said(say, {"text": cells[0]}))
    for item, text in zip(columns, cells, strict=False):
        if not item:
            continue
        if found.targets.get(item, {}).get(code) is not None:
            say = gettext_noop("%(division)s stands twice. Keep one line.")
            return _note(found, number, Said(say, {"division": cells[0]}))
        target = _target(number, text, found)
        if target:
            found.targets.setdefault(item, {})[code] = target
    return None


def _target(number: int, text: str, found: ReadTargets) -> str:
    try:
        value = read_number(text)
    except BadNumber as bad:
        _note(found, number, bad.said)
        return ""
    if value is None:
        return ""
    if decimals_of(value) > MOST_DECIMALS or abs(value) > MOST:
        say = gettext_noop("Write a number with at most four decimals, not beyond %(most)s.")
        _note(found, number, Said(say, {"most": MOST}))
        return ""
    return f"{value:f}"


def _note(found: ReadTargets, number: int, said: Said) -> None:
    found.problems.append(wrong(said, "bad-target", row=number, field="targets"))
