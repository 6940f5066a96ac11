"""Pictures and documents that the tests make, and the real photos."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image


def jpeg(size: tuple[int, int] = (64, 48), colour: str = "olive", **options: object) -> bytes:
    """A small JPEG; another colour gives other bytes."""
    target = BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG", **options)
    return target.getvalue()


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):  # type: ignore[no-untyped-def]
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"
