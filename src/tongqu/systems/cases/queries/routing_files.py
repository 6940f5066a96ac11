"""Writes a responsibility list as a file that an import reads back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

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
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(values_of(entry) for entry in entries_of(routing_list))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


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
