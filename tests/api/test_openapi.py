"""The description of the API is a committed snapshot, complete and with examples.

After a wanted change: `TONGQU_UPDATE_SNAPSHOTS=1 pytest tests/api/test_openapi.py`, and read the difference.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tongqu.site.api import api

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def described() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return schema


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_description_is_the_one_that_was_agreed() -> None:
    text = json.dumps(described(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("TONGQU_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    agreed = SNAPSHOT.read_text(encoding="utf-8")
    assert text == agreed, "the API changed; if it was meant, write docs/openapi.json anew (see above)"


@pytest.mark.parametrize("operation", list(operations()), ids=lambda o: o[0])
def test_every_operation_can_be_understood(operation: tuple[str, dict[str, Any]]) -> None:
    name, details = operation
    assert details.get("summary"), f"{name}: say in a few words what it does"
    assert details.get("description"), f"{name}: the function needs a docstring"
    assert details.get("tags"), f"{name}: the router needs a tag"
    assert {"401", "403", "404", "422", "429"} <= set(map(str, details["responses"]))


def test_operation_names_are_unique() -> None:
    names = [details["operationId"] for _, details in operations()]
    assert len(names) == len(set(names))
