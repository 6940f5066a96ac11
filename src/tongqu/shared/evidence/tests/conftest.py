"""What the tests of evidence share: a store of their own, and the real photos."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from conftest import shared_data


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"
    return tmp_path / "evidence"


@pytest.fixture
def beach() -> list[Path]:
    """The twelve real drone photos."""
    return sorted(shared_data("photos", "brighton_beach").glob("*.JPG"))
