"""Counting by cells and packing, against plain Python on the same cases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.geometry import cell_of
from tongqu.systems.cases.analytics.cells import counted, in_box, newest, parents, ranges_of
from tongqu.systems.cases.analytics.records import (
    NO_TIME,
    NONE,
    STATES,
    Record,
    Records,
    block_of,
    is_ended,
    is_overdue,
    minute_of,
)
from tongqu.systems.cases.rules.lifecycle import ENDED

AT = datetime(2026, 9, 15, 8, 0, tzinfo=UTC)
LATE, SOON = minute_of(AT), minute_of(AT) + 1


@st.composite
def some_records(draw: st.DrawFn) -> list[Record]:
    """Cases about Quzhou, some without a place, some late."""
    points = draw(st.lists(st.tuples(st.floats(118.0, 119.3), st.floats(28.2, 29.6)), max_size=40))
    made = []
    for number, (lon, lat) in enumerate(points):
        state = draw(st.integers(0, len(STATES) - 1))
        is_open = STATES[state] not in ENDED
        red = draw(st.sampled_from([0, LATE, SOON])) if is_open else 0
        cell = draw(st.sampled_from([cell_of(lon, lat), 0]))
        day = draw(st.integers(9700, 9800))
        made.append(Record(number + 1, cell, day, 1, 2, 3, state, 0, 0, NO_TIME, NO_TIME, NO_TIME, red))
    return made


def everything(records: Records) -> np.ndarray:  # type: ignore[type-arg]
    return np.ones(len(records), bool)


@given(some_records(), st.integers(3, 9))
def test_cells_are_counted_as_by_hand(rows: list[Record], resolution: int) -> None:
    blocks = [Records.of([row for row in rows if row.id % 2 == part]) for part in (0, 1)]
    found = counted(in_box(blocks, (117.9, 28.1, 119.4, 29.7), everything), resolution, AT)
    by_hand = Counter(h3.cell_to_parent(row.cell, resolution) for row in rows if row.cell)
    late = Counter(
        h3.cell_to_parent(row.cell, resolution) for row in rows if row.cell and row.red_min == LATE
    )
    assert {cell.cell: (cell.count, cell.late) for cell in found} == {
        cell: (count, late[cell]) for cell, count in by_hand.items()
    }


@given(some_records(), st.floats(118.0, 119.2), st.floats(28.2, 29.5), st.floats(0.001, 2))
def test_no_case_of_a_box_is_missed(rows: list[Record], west: float, south: float, size: float) -> None:
    box = (west, south, west + size, south + size)
    found = {int(pk) for part in in_box([Records.of(rows)], box, everything) for pk in part["id"]}
    for row in rows:
        if row.cell:
            lat, lon = h3.cell_to_latlng(row.cell)
            if box[0] <= lon <= box[2] and box[1] <= lat <= box[3]:
                assert row.id in found


def test_the_whole_world_is_one_range_and_a_street_a_few() -> None:
    assert len(ranges_of((-180, -90, 180, 90))) == 1
    low, high = ranges_of((118.86, 28.93, 118.87, 28.94))[0]
    assert high - low < 2**40
    assert len(ranges_of((118.86, 28.93, 118.87, 28.94))) <= 64


@given(some_records())
def test_packing_loses_nothing(rows: list[Record]) -> None:
    records = Records.of(rows)
    again = Records.unpacked(records.packed(), len(rows))
    assert all(np.array_equal(records[name], again[name]) for name in records.columns)
    assert again.size_bytes == 45 * len(rows)
    assert sorted(again["id"].tolist()) == [row.id for row in rows]
    assert {int(pk) for pk, ended in zip(again["id"], is_ended(again), strict=True) if ended} == {
        row.id for row in rows if block_of(row) != "open"
    }
    assert int(is_overdue(again, AT).sum()) == sum(row.red_min == LATE for row in rows)


@given(some_records(), st.sets(st.integers(0, 50)))
def test_records_are_taken_out_by_id(rows: list[Record], gone: set[int]) -> None:
    kept = Records.of(rows).without(np.array(sorted(gone), np.uint32))
    assert set(kept["id"].tolist()) == {row.id for row in rows} - gone
    assert sorted(Records.joined([kept, Records.of([])])["id"].tolist()) == sorted(kept["id"].tolist())


@given(some_records(), st.integers(1, 50))
def test_the_newest_are_the_highest_ids(rows: list[Record], most: int) -> None:
    parts = [part for odd in (0, 1) if len(part := Records.of([row for row in rows if row.id % 2 == odd]))]
    assert newest(parts, most) == sorted((row.id for row in rows), reverse=True)[:most]


def test_nothing_counts_as_nothing() -> None:
    assert counted([], 6, AT) == []
    assert len(Records.joined([])) == len(NONE) == 0


@pytest.mark.parametrize("resolution", range(10))
def test_parents_are_those_of_h3(resolution: int) -> None:
    cell = cell_of(118.87, 28.94)
    assert int(parents(np.array([cell]), resolution)[0]) == h3.cell_to_parent(cell, resolution)
