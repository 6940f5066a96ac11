"""Reads the whole store and says what does not agree with its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.store import NoSuchFile, the_store
from tongqu.shared.evidence.rules.keys import original_key


class Fault(StrEnum):
    """What can be wrong with a stored file."""

    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Checked:
    """One piece of evidence, read again: without a fault, its bytes are those that were stored."""

    sha256: str
    name: str
    fault: Fault | None = None


def verify() -> Iterator[Checked]:
    """Read every original, hash it anew and compare, in the order in which they were stored."""
    store = the_store()
    for sha256, name in Evidence.objects.order_by("pk").values_list("sha256", "name").iterator():
        try:
            found = hashlib.sha256(store.read(original_key(sha256))).hexdigest()
        except NoSuchFile:
            yield Checked(sha256, name, Fault.MISSING)
            continue
        yield Checked(sha256, name, None if found == sha256 else Fault.DAMAGED)
