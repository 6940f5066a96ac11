"""What a file is, is found by its content; hostile and broken files are each refused for one named reason."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.analytics.contents import inspect
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.messages import MESSAGES
from tongqu.shared.evidence.queries.store import folder_store
from tongqu.shared.evidence.rules.refusals import Reason, Refused
from tongqu.shared.evidence.tests import makers
from tongqu.shared.evidence.tests.specs import ACCEPTED, REFUSED, rules_page
from tongqu.shared.journal.models import Fact

LIMITS = {"largest": 2_000_000, "most_pixels": 1_000_000}


@pytest.mark.parametrize(("what", "name", "make", "media_type"), ACCEPTED, ids=[row[0] for row in ACCEPTED])
def test_kept(what: str, name: str, make: Callable[[], bytes], media_type: str) -> None:
    assert inspect(make(), name, **LIMITS).file_type.media_type == media_type


@pytest.mark.parametrize(("what", "name", "make", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused_for_its_reason_and_nothing_stays(
    what: str,
    name: str,
    make: Callable[[], bytes],
    reason: Reason,
    town: Town,
    at: datetime,
    settings: Settings,
) -> None:
    settings.EVIDENCE_LARGEST_BYTES = LIMITS["largest"]
    settings.EVIDENCE_LARGEST_PIXELS = LIMITS["most_pixels"]
    with pytest.raises(BadInput) as caught:
        store(make(), name=name, by=town.township_clerk, at=at)
    [problem] = caught.value.problems
    assert problem.code == reason
    assert problem.message
    assert "{" not in problem.message
    assert not Evidence.objects.exists()
    assert not Fact.objects.exists()
    assert list(folder_store().entries("")) == []


def test_the_page_of_rules_is_up_to_date() -> None:
    page = Path(__file__).resolve().parents[5] / "docs" / "rules" / "evidence.md"
    assert page.read_text(encoding="utf-8") == rules_page(), "Run scripts/evidence-rules."


def test_every_reason_has_its_words() -> None:
    assert set(MESSAGES) == set(Reason)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mangled_photo_is_kept_or_refused_but_never_breaks_anything(data: st.DataObject) -> None:
    whole = bytearray(makers.shot())
    for _ in range(data.draw(st.integers(1, 30))):
        whole[data.draw(st.integers(3, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(whole)) in {None, Reason.BROKEN_PICTURE, Reason.TOO_MANY_PIXELS, Reason.POLYGLOT}


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xd8\xff", b"PK\x03\x04", b"%PDF-", b"II*\0", b"RIFF\0\0\0\0WEBP"]),
)
def test_any_bytes_are_kept_or_refused(body: bytes, start: bytes) -> None:
    assert outcome(start + body, "a.txt") in {None, *Reason}


def outcome(data: bytes, name: str = "a.jpg") -> Reason | None:
    """The reason why the bytes are refused, or None; any other error fails the test."""
    try:
        inspect(data, name, **LIMITS)
    except Refused as refused:
        return refused.reason
    return None


def test_an_entry_that_understates_itself_is_not_inflated_beyond_what_it_says() -> None:
    honest = makers.xlsx(**{"xl/a.xml": b"\0" * 400_000_000})
    liar = makers.understated(honest, 400_000_000, 50)
    tracemalloc.start()
    assert outcome(liar, "a.xlsx") == Reason.BROKEN_DOCUMENT
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
