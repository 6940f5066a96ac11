"""Reads a whole table of messages, a part at a time, and adds what each is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from tongqu.kernel.problems import Problem
from tongqu.systems.cases.analytics.reader import Text
from tongqu.systems.cases.queries.message_tables import MessageTable
from tongqu.systems.cases.queries.reading import Reading, read_messages

ADDED = ("category", "probability", "matter", "place")
AT_ONCE = 1000
MOST_PROBLEMS = 100


@dataclass
class Outcome:
    """How many rows were read, were without words, were refused, and what was wrong (the first hundred)."""

    read: int = 0
    wordless: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)


def headings_after(table: MessageTable) -> list[str]:
    """Return the headings with the added ones; a column that already has such a name is called `…_given` from now on."""
    return [f"{heading}_given" if heading in ADDED else heading for heading in table.headings] + list(ADDED)


def read_table(table: MessageTable, name: str, outcome: Outcome) -> Iterator[list[str]]:
    """Yield each good row with its category, probability, matter and place; count and name the others in `outcome`.

    A short row is filled up. A row with more cells than headings is refused: which cell belongs where is not known.
    """
    width, subject, body = len(table.headings), table.column("subject"), table.column("body")
    good = _good_rows(table, name, outcome)
    while part := list(islice(good, AT_ONCE)):
        texts = [Text(row[subject], row[body]) for row in part]
        for row, reading in zip(part, read_messages(texts), strict=True):
            outcome.read += 1
            outcome.wordless += not reading.category
            yield [*row[:width], *_cells(reading)]


def _good_rows(table: MessageTable, name: str, outcome: Outcome) -> Iterator[list[str]]:
    width = len(table.headings)
    for number, row in table.rows:
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            outcome.refused += 1
            if len(outcome.problems) < MOST_PROBLEMS:
                say = f"The row has {len(row)} cells, the heading {width}. Put texts with commas in quotation marks."
                outcome.problems.append(Problem(say, "too-many-cells", name, number))
            continue
        yield [*row[:width], *[""] * (width - len(row))]


def _cells(reading: Reading) -> list[str]:
    if not reading.category:
        return ["", "", "", ""]
    return [reading.category, f"{reading.probability:.4f}", reading.matter, reading.place]
