"""Takes in whatever file of figures somebody sends, or says first what taking it in would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from tongqu.kernel.problems import Problem
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.journal.actions import act, acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.indicators.actions.exchange import import_data, import_structures
from tongqu.systems.indicators.actions.importing import import_figures
from tongqu.systems.indicators.actions.keeping import check_keeper
from tongqu.systems.indicators.actions.recording import Origin, Recorded

T = TypeVar("T")


class FileKind(StrEnum):
    """What a file of figures is."""

    TABLE = "table"
    DATA = "data"
    """SDMX data."""
    STRUCTURE = "structure"
    """An SDMX structure: definitions of indicators and divisions."""


@dataclass(frozen=True)
class TakenIn:
    """What became of a file."""

    kind: FileKind
    recorded: Recorded | None = None
    indicators: int = 0
    divisions: int = 0
    problems: tuple[Problem, ...] = ()


class _GivenUp(Exception):
    """The act was tried to see what it does."""


def kind_of(data: bytes) -> FileKind:
    """Return what a file is, by how it begins: XML is SDMX, and a root element named Structure is a structure message.

    >>> [str(kind_of(text)) for text in (b"indicator,value", b"<?xml version='1.0'?><mes:Structure>", b"<StructureSpecificData>")]
    ['table', 'structure', 'data']
    """
    head = data[:4000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(b"<"):
        return FileKind.TABLE
    roots = (part for part in head.split(b"<")[1:] if not part.startswith((b"?", b"!")))
    words = next(roots, b"").split(b">")[0].split()
    name = words[0].rpartition(b":")[2] if words else b""
    return FileKind.STRUCTURE if name == b"Structure" else FileKind.DATA


@acting
def take_in(data: bytes, name: str, origin: Origin, *, keeps_file: bool, by: Actor, at: datetime) -> TakenIn:
    """Record a table or SDMX data, or define what an SDMX structure says; raises `BadInput`.

    With `keeps_file` a table is stored as the evidence of its figures. SDMX-ML is XML, which the store of evidence refuses.
    """
    check_keeper(by)
    kind = kind_of(data)
    if kind == FileKind.STRUCTURE:
        indicators, divisions = import_structures(data, name, by=by, at=at)
        return TakenIn(kind, None, indicators, divisions)
    if kind == FileKind.DATA:
        found = import_data(data, name, origin, by=by, at=at)
        return TakenIn(kind, found.total, problems=found.problems)
    if keeps_file:
        origin = replace(origin, evidence=store(data, name=name, by=by, at=at, source="import").evidence)
    read = import_figures(data, name, origin, by=by, at=at)
    return TakenIn(kind, read.total, problems=read.problems)


def foresee(do: Callable[[], T]) -> T:
    """Return what an act would do: it is done, and then given up with all that it wrote and all its facts."""
    found: list[T] = []
    try:
        with act():
            found.append(do())
            raise _GivenUp
    except _GivenUp:
        return found[0]
