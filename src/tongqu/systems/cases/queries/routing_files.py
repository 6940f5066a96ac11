"""Writes a responsibility list as a file that an import reads back."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tongqu.shared.ui.xlsx import workbook
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList
from tongqu.systems.cases.queries.routing import entries_of
from tongqu.systems.cases.queries.routing_reading import class_names
from tongqu.systems.cases.queries.routing_words import about_words
from tongqu.systems.cases.rules.routing_columns import COLUMNS, EXPLAINED, HEADINGS


def values_of(entry: RoutingEntry) -> dict[str, str]:
    """Return an entry as the texts of a file's columns."""
    return {
        "number": str(entry.number),
        "division": entry.division.code,
        "class_code": entry.class_code,
        "matter": entry.matter.code if entry.matter else "",
        "grade": entry.grade,
        "times": entry.window,
        "lead": entry.lead.code,
        "assisting": " ".join(entry.assisting),
        "handle_allowance": entry.handle_allowance,
        "verifier": entry.verifier.code if entry.verifier else "",
        "note": entry.note,
    }


def as_csv(routing_list: RoutingList) -> bytes:
    """Return the list as CSV in UTF-8 with a mark, under the keys of the columns."""
    return csv_of(entries_of(routing_list))


def csv_of(entries: Iterable[RoutingEntry]) -> bytes:
    """Return entries as CSV in UTF-8 with a mark; those without a number yet leave it empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for entry in entries:
        values = values_of(entry)
        writer.writerow({**values, "number": values["number"] if entry.number else ""})
    return b"\xef\xbb\xbf" + text.getvalue().encode()


@dataclass(frozen=True)
class Change:
    """What a file does to one entry: `new`, `changed` or `gone`."""

    kind: str
    entry: RoutingEntry
    fields: list[tuple[str, str, str]]
    """Column, text before, text after."""


@dataclass(frozen=True)
class Difference:
    """What putting a file in the place of a draft's entries changes."""

    new: int
    changed: int
    gone: int
    same: int
    lines: list[Change]


def difference(draft: RoutingList, entries: Sequence[RoutingEntry]) -> Difference:
    """Compare the entries of a file with those of the draft by their numbers; those without one are new."""
    known = {entry.number: entry for entry in entries_of(draft)}
    lines: list[Change] = []
    same = 0
    for entry in entries:
        stored = known.pop(entry.number, None)
        before, after = (values_of(stored) if stored else {}), values_of(entry)
        fields = [
            (name, before.get(name, ""), after[name])
            for name in COLUMNS
            if before.get(name, "") != after[name]
        ]
        if stored is not None and not fields:
            same += 1
        else:
            lines.append(Change("changed" if stored else "new", entry, fields))
    lines += [Change("gone", entry, []) for entry in known.values()]
    counts = Counter(line.kind for line in lines)
    return Difference(counts["new"], counts["changed"], counts["gone"], same, lines)


def as_workbook(routing_list: RoutingList) -> bytes:
    """Return the list as a workbook with Chinese headings; names stand beside the codes for the eye."""
    headings: list[str] = []
    for column in COLUMNS:
        headings.append(HEADINGS[column])
        headings += [EXPLAINED[column]] if column in EXPLAINED else []
    return workbook(routing_list.title, headings, _lines(routing_list))


def _lines(routing_list: RoutingList) -> Iterator[list[object]]:
    classes = class_names()
    for entry in entries_of(routing_list):
        names = {
            "division": entry.division.name,
            "matter": about_words(entry, classes),
            "lead": entry.lead.name,
        }
        line: list[object] = []
        for column, text in values_of(entry).items():
            line.append(int(text) if column == "number" else text)
            line += [names[column]] if column in EXPLAINED else []
        yield line
