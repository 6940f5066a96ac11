"""Jobs that exist only in these tests."""

from collections.abc import Iterator

import pytest

from tongqu.shared.jobs.rules import REGISTRY, Registry


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The registry, put back as it was after the test."""
    monkeypatch.setattr(REGISTRY, "specs", dict(REGISTRY.specs))
    monkeypatch.setattr(REGISTRY, "schedules", {})
    return REGISTRY
