"""How urgent a text is and who it names: tables of examples, and what holds for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.systems.cases.rules.personal import is_identity_number, masked, personal_in
from tongqu.systems.cases.rules.urgency import urgency_of
from tongqu.systems.cases.tests.specs_reading import MASKED, URGENT


@pytest.mark.parametrize(("text", "level", "words"), URGENT)
def test_urgency_of_the_table(text: str, level: str, words: str) -> None:
    found = urgency_of(text)
    assert (found.level, " ".join(sign.words for sign in found.signs)) == (level, words)
    assert all(text[sign.start : sign.end] == sign.words for sign in found.signs)


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_masks_of_the_table(text: str, expected: str) -> None:
    assert masked(text) == expected


@given(st.text("我叫王小明先生13812345678 -X@a.cn联系人：", max_size=60))
def test_masking_keeps_the_length_and_leaves_no_number(text: str) -> None:
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert masked(hidden) == hidden
    for found in personal_in(text):
        assert found.words not in hidden[found.start : found.end]


@given(st.integers(0, 10**17 - 1))
def test_exactly_one_last_character_checks_an_identity_number(number: int) -> None:
    digits = f"{number:017d}"
    assert sum(is_identity_number(digits + last) for last in "0123456789X") == 1
