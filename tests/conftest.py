"""The sample world that the tests of security and of the API share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from conftest import Town
from tests.security.world import World, make_world


@pytest.fixture
def world(town: Town, at: datetime, tmp_path: Path, settings: Settings) -> World:
    """One of everything in the town, on a clock that stands still."""
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"
    settings.PICTURE_CACHE_FOLDER = tmp_path / "pictures"
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0.0
    folder = tmp_path / "flight"
    folder.mkdir()
    return make_world(town, at, folder)
