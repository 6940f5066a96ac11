"""What a fact is, and how the chain of facts is computed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from json.encoder import encode_basestring
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
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def chain_hash(previous: str, fields: tuple[str, ...]) -> str:
    """Return the SHA-256 that binds a fact's fields to the fact before it.

    The fields are written as a JSON list, so that no two lists of fields have the same bytes.

    >>> chain_hash(GENESIS, ("1", "事")) == hashlib.sha256((GENESIS + '["1","事"]').encode()).hexdigest()
    True
    """
    text = f"{previous}[{','.join(map(encode_basestring, fields))}]"
    return hashlib.sha256(text.encode()).hexdigest()


class Fault(StrEnum):
    """How a chain can be broken."""

    HASH = "hash"
    LINK = "link"
    GAP = "gap"
    HEAD = "head"
    ANCHOR = "anchor"


@dataclass(frozen=True)
class Broken:
    """The first record of a chain that is not as it was written, and how one sees it."""

    fault: Fault
    seq: int
    says: str

    def __str__(self) -> str:
        return f"Fact {self.seq}: {self.says}"


@dataclass(frozen=True)
class Anchor:
    """The head of the chain at one moment, kept outside the database.

    >>> anchor = Anchor(7, "ab" * 32, "2026-09-16T02:00:00.000000Z")
    >>> Anchor.parse(anchor.line()) == anchor
    True
    """

    seq: int
    hash: str
    at: str

    def line(self) -> str:
        """Return the anchor as a line of a file."""
        return canonical_json({"seq": self.seq, "hash": self.hash, "at": self.at})

    @classmethod
    def parse(cls, line: str) -> Anchor:
        """Read a line; raises `BadAnchor`."""
        try:
            given = json.loads(line)
            return cls(int(given["seq"]), str(given["hash"]), str(given["at"]))
        except (ValueError, KeyError, TypeError):
            raise BadAnchor(
                f"{line[:60]!r} is not an anchor; each line must be as `tongqu journal anchor` wrote it."
            ) from None


class BadAnchor(Exception):
    """A line of an anchor file that cannot be read."""


def subject_of(text: str) -> Subject:
    """Read `kind:id`; raises `ValueError`.

    >>> subject_of("case:17")
    Subject(kind='case', id='17')
    """
    kind, separator, number = text.partition(":")
    if not (kind and separator and number):
        raise ValueError(f"{text!r} is not a subject; write kind:id, such as case:17.")
    return Subject(kind, number)
