"""Views that share a cell with a place: merged from many cells in order, as a plain sort of everything finds them."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Town
from tongqu.systems.timeline.models.view import PhotoView, ViewCell
from tongqu.systems.timeline.queries.lookup import Key, Span, candidates
from tongqu.systems.timeline.tests.test_stack import made

CELLS = [-7, 3, 11, 12]
GONE = 10**9
"""A view that is no more, with cells that still are."""
Lies = dict[tuple[Key, bool], set[int]]


@pytest.fixture
def lying(town: Town, at: datetime) -> Lies:
    """Sixty views by key and kind, with the cells that they lie in; some were taken at the same time."""
    chance, first = random.Random(5), made(town, at)
    ViewCell.objects.all().delete()
    copies = []
    for version in range(2, 62):
        copies.append(PhotoView.objects.get(pk=first.pk))
        copies[-1].pk, copies[-1].version, copies[-1].is_current = None, version, False
    numbers = [copy.pk for copy in PhotoView.objects.bulk_create(copies)]
    found = {
        ((chance.randrange(25), number), chance.random() < 0.7): set(
            chance.sample(CELLS, chance.randint(1, 3))
        )
        for number in numbers
    }
    rows = [(cell, kind, key) for (key, kind), cells in found.items() for cell in cells]
    rows += [(cell, True, (12, GONE)) for cell in CELLS]
    ViewCell.objects.bulk_create(
        ViewCell(cell=cell, is_nadir=kind, taken_us=taken, view_id=number)
        for cell, kind, (taken, number) in rows
    )
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(st.sampled_from([*CELLS, 99])), st.integers(-1, 26), st.integers(-1, 26), st.booleans(),
    st.sampled_from([(True,), (False,), (True, False)]), st.integers(1, 40),
)  # fmt: skip
def test_cells_are_merged_as_a_plain_sort_does(
    lying: Lies, cells: set[int], start: int, end: int, back: bool, kinds: tuple[bool, ...], most: int
) -> None:
    wanted = sorted(
        (
            key
            for (key, kind), where in lying.items()
            if kind in kinds and where & cells and start <= key[0] < end
        ),
        reverse=back,
    )
    found: list[Key] = []
    span: Span | None = Span(start, end, None, kinds, back)
    while span is not None:
        batch = candidates(sorted(cells), span, most)
        found += [each.key for each in batch.found]
        span = None if batch.beyond is None else Span(start, end, batch.beyond, kinds, back)
    assert found == wanted


def test_what_is_found_brings_its_outline(lying: Lies) -> None:
    batch = candidates(CELLS, Span(), 1000)
    assert {shapely.from_wkb(each.footprint).geom_type for each in batch.found} == {"Polygon"}
    assert batch.beyond is None
