"""What a fact is, and how the chain of facts is computed."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

GENESIS = "0" * 64
"""The hash that the first fact follows."""


class Actor(Protocol):
    """Whoever acts: a person, the system itself, or a resident with a tracking code."""

    @property
    def actor_ref(self) -> str:
        """Stable reference, such as `person:12`."""
        ...

    @property
    def actor_name(self) -> str:
        """Name at the time of the act."""
        ...

    @property
    def actor_unit(self) -> str:
        """Code of the unit acted for, or nothing."""
        ...


@dataclass(frozen=True)
class NamedActor:
    """An actor that is not a person with a login.

    >>> SYSTEM.actor_ref
    'system'
    """

    actor_ref: str
    actor_name: str
    actor_unit: str = ""


SYSTEM = NamedActor("system", "系统")


@dataclass(frozen=True)
class Subject:
    """What an act was done to: a kind and the identifier within it.

    >>> str(Subject("case", "17"))
    'case:17'
    """

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def canonical_json(value: Any) -> str:
    """Return JSON text that is the same for equal values: sorted keys, no spaces, UTF-8 kept.

    >>> canonical_json({"b": 1, "a": "事"})
    '{"a":"事","b":1}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def instant_text(at: datetime) -> str:
    """Return an instant as UTC text with microseconds, the form that is hashed.

    >>> instant_text(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000000Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chain_hash(previous: str, fields: tuple[str, ...]) -> str:
    """Return the SHA-256 that binds a fact's fields to the fact before it.

    The fields are written as a JSON list, so that no two lists of fields have the same bytes.
    """
    text = previous + json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
