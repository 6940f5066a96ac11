"""The hash binds every field, and no two lists of fields have the same one."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.shared.journal.analytics import walk_chain
from tongqu.shared.journal.rules import GENESIS, Fault, chain_hash, subject_of

fields = st.lists(st.text(), max_size=6).map(tuple)


@given(fields=fields)
def test_the_hash_is_that_of_the_fields_as_json(fields: tuple[str, ...]) -> None:
    text = GENESIS + json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    try:
        expected = hashlib.sha256(text.encode()).hexdigest()
    except UnicodeEncodeError:
        return
    assert chain_hash(GENESIS, fields) == expected


@given(one=fields, other=fields)
def test_other_fields_have_another_hash(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    try:
        hashes = chain_hash(GENESIS, one), chain_hash(GENESIS, other)
    except UnicodeEncodeError:
        return
    assert (hashes[0] == hashes[1]) == (one == other)


def rows(count: int) -> list[tuple[str, ...]]:
    """A small chain of plain rows."""
    found, last = [], GENESIS
    for seq in range(1, count + 1):
        own = chain_hash(last, (str(seq), "x"))
        found.append((str(seq), "x", last, own))
        last = own
    return found


@given(count=st.integers(1, 12), data=st.data())
def test_any_change_of_any_field_is_found_at_its_place(count: int, data: st.DataObject) -> None:
    chain = rows(count)
    at, column = data.draw(st.integers(0, count - 1)), data.draw(st.integers(0, 3))
    row = list(chain[at])
    row[column] += "!"
    chain[at] = tuple(row)
    broken = walk_chain(chain).broken
    assert broken is not None
    assert broken.seq == at + 1


@given(count=st.integers(2, 12), data=st.data())
def test_any_row_cut_out_is_a_gap_at_its_place(count: int, data: st.DataObject) -> None:
    chain = rows(count)
    at = data.draw(st.integers(0, count - 2))
    del chain[at]
    broken = walk_chain(chain).broken
    assert broken is not None
    assert (broken.fault, broken.seq) == (Fault.GAP, at + 1)


def test_a_walk_says_how_far_it_is() -> None:
    told: list[int] = []
    assert walk_chain(rows(20_000), tell=told.append).length == 20_000
    assert told == [10_000, 20_000]


@pytest.mark.parametrize("text", ["", "case", ":1", "case:"])
def test_what_is_no_subject_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="kind:id"):
        subject_of(text)
