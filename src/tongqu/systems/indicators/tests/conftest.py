"""Tests of the indicators read messages in English; the shared fixture puts the language back after each."""

from __future__ import annotations

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")
