"""Rules that one test changes are not seen by the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tongqu.shared.duties.queries import forget_rules


@pytest.fixture(autouse=True)
def fresh_rules() -> Iterator[None]:
    forget_rules()
    yield
    forget_rules()
