"""A file is stored once, checked, and described by what it says of itself."""

from __future__ import annotations

from datetime import datetime

from conftest import Town
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.tests.conftest import jpeg


def test_the_same_bytes_are_stored_once(town: Town, at: datetime) -> None:
    first = store(jpeg(), name="heap.jpg", by=town.township_clerk, at=at)
    again = store(jpeg(), name="other name.jpg", by=town.township_clerk, at=at)
    assert first.is_new
    assert not again.is_new
    assert first.evidence == again.evidence
