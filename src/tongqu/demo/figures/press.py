"""Records the real figures of three press texts about Quzhou, each with the text and the place in it.

The texts are not part of the project: `press.csv` holds what they say in figures, `press_texts.csv` where and when they appeared, and
`press_left_out.csv` which of their figures are not recorded, and why. Where the texts lie beside the checkout they are the evidence,
each known by its SHA-256; else the table is.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from tongqu.kernel.periods import Period
from tongqu.kernel.problems import BadInput
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.queries import the_region
from tongqu.systems.indicators.actions.defining import define_indicator
from tongqu.systems.indicators.actions.recording import Origin, record_figures
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.book import the_book
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.published_ranks import published_rank_code, published_rank_definition
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.rows import Read, read_rows

FOLDER = Path(__file__).resolve().parents[1] / "data" / "quzhou"
TABLE = "press.csv"
TEXTS = "press_texts.csv"
Cells = Mapping[str, str]
Spans = dict[tuple[str, str, Period, Kind], tuple[int, int]]


@dataclass(frozen=True)
class Text:
    """A press text: where it appeared, since when it is known, and which bytes it has."""

    file: str
    sha256: str
    title: str
    source: str
    known_on: date


def press_texts() -> list[Text]:
    """Return the texts, the oldest first."""
    found = [
        Text(
            row["text"],
            row["text_sha256"],
            row["title"],
            "；".join(part for part in (row["publisher"], row["known_on"], row["note"]) if part),
            date.fromisoformat(row["known_on"]),
        )
        for row in cells_of(TEXTS)
    ]
    return sorted(found, key=lambda text: text.known_on)


def cells_of(table: str) -> list[dict[str, str]]:
    """Return the rows of a table of the demo."""
    with (FOLDER / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def record_press(folder: Path | None, *, by: Actor, at: datetime) -> int:
    """Record the figures of the texts; with a folder that holds the texts, they are the evidence. Returns how many were new."""
    rows = [_coded(cells, by=by, at=at) for cells in cells_of(TABLE)]
    table: Evidence | None = None
    added = 0
    for text in press_texts():
        mine = [cells for cells in rows if cells["text_sha256"] == text.sha256]
        evidence = _stored(folder, text, by=by, at=at)
        table = table or (None if evidence else _the_table(by=by, at=at))
        origin = Origin(
            text.title,
            known_at(text),
            text.source,
            evidence or table,
            _spans(mine) if evidence else {},
        )
        added += record_figures(_read(mine).rows, origin, by=by, at=at).added
    return added


def text_in(folder: Path | None, text: Text) -> bytes | None:
    """Return the bytes of a text where it lies in the folder with just these bytes."""
    path = folder / text.file if folder else None
    if path is None or not path.is_file():
        return None
    data = path.read_bytes()
    return data if hashlib.sha256(data).hexdigest() == text.sha256 else None


def known_at(text: Text) -> datetime:
    """Return since when a text is known: the beginning of its day in the region."""
    return datetime.combine(text.known_on, time(), ZoneInfo(the_region().time_zone))


def _coded(cells: Cells, *, by: Actor, at: datetime) -> dict[str, str]:
    """Return the row, that of a rank under the indicator that holds published ranks, which is defined where it is not yet."""
    if not cells["measure"]:
        return dict(cells)
    measure = Measure(cells["measure"])
    code = published_rank_code(cells["indicator"], measure, cells["set"])
    if not Indicator.objects.filter(code=code).exists():
        of = Indicator.objects.get(code=cells["indicator"]).definition
        name = cells["set_name"] or DivisionSet.objects.get(code=cells["set"]).name_zh_hans
        define_indicator(published_rank_definition(of, measure, cells["set"], name), by=by, at=at)
    return {**cells, "indicator": code}


def _read(rows: list[dict[str, str]]) -> Read:
    """Return the figures of the rows; raises `BadInput` when the table of the demo itself has a fault."""
    found = read_rows(enumerate(rows, start=2), the_book(), TABLE)
    if found.problems:
        raise BadInput(found.problems)
    return found


def _spans(rows: list[dict[str, str]]) -> Spans:
    return {
        figure.key: (int(cells["start"]), int(cells["end"]))
        for figure, cells in zip(_read(rows).rows, rows, strict=True)
    }


def _stored(folder: Path | None, text: Text, *, by: Actor, at: datetime) -> Evidence | None:
    """Return the text as evidence where it is there."""
    data = text_in(folder, text)
    if data is None:
        return None
    return store(data, name=text.file, by=by, at=at, source="import").evidence


def _the_table(*, by: Actor, at: datetime) -> Evidence:
    data = (FOLDER / TABLE).read_bytes()
    return store(data, name="衢州市报刊数据及出处.csv", by=by, at=at, source="import").evidence
