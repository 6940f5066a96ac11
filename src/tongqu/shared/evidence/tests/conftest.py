"""What the tests of evidence share: a store of their own, and the real photos."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"
    return tmp_path / "evidence"


def shared_data(*parts: str) -> Path:
    """Return a path below the real data, or skip the test with a plain message."""
    beside = Path(__file__).resolve().parents[5].parent / "shared" / "data"
    path = Path(os.environ.get("TONGQU_SHARED_DATA", str(beside))).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data is absent: {path} (set TONGQU_SHARED_DATA)")
    return path


@pytest.fixture
def beach() -> list[Path]:
    """The twelve real drone photos."""
    return sorted(shared_data("photos", "brighton_beach").glob("*.JPG"))
