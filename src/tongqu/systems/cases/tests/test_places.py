"""Words that say where: a table of examples, and which division a text names."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.systems.cases.rules.places import (
    NamedDivision,
    division_in,
    gazetteer_of,
    place_phrase,
    places_in,
    short_names,
)
from tongqu.systems.cases.tests.specs_reading import PLACES

REGION = [
    NamedDivision(code, path, short_names(name))
    for code, path, name in [
        ("33", "33.", "衢州市"),
        ("3301", "33.01.", "柯城区"),
        ("3302", "33.02.", "常山县"),
        ("330101", "33.01.01.", "航埠镇"),
        ("330102", "33.01.02.", "双桥乡"),
        ("330201", "33.02.01.", "双桥乡"),
        ("330202", "33.02.02.", "芳村镇"),
    ]
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_places_of_the_table(text: str, expected: str) -> None:
    assert place_phrase(places_in(text), most=9) == expected


@given(st.text("A3区在清风路与村口往东200米旁边小区的号12栋", max_size=40))
def test_places_stand_in_the_text_and_apart(text: str) -> None:
    found = places_in(text)
    assert all(text[each.start : each.end] == each.words for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_long_phrase_ends_with_a_name() -> None:
    assert place_phrase(places_in("A3区含浦镇玉江村旁边"), most=3) == "A3区 含浦镇 玉江村"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("常山县芳村镇有人烧秸秆", "330202"),
        ("芳村有人烧秸秆", "330202"),
        ("航埠的垃圾", "330101"),
        ("双桥乡路灯不亮", ""),  # two bear the name
        ("常山双桥乡路灯不亮", "330201"),
        ("常山县的航埠镇", ""),  # neither lies in the other
        ("航埠镇和芳村镇", ""),
        ("衢州市柯城区", "3301"),
        ("哪里都不是", ""),
        ("", ""),
    ],
)
def test_the_deepest_division_is_found_when_it_is_one(text: str, code: str) -> None:
    found = division_in(text, gazetteer_of(REGION))
    assert (found.code if found else "") == code
    if found:
        assert text[found.start : found.end] == found.words


def test_an_empty_region_names_nothing() -> None:
    assert division_in("航埠镇", {}) is None
