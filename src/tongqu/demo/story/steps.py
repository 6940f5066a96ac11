"""What a plan is made of: steps in time, each with its actor, words and exhibits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.shot import Shot

RESIDENT = "@resident"
PATROL = "@patrol"
"""Actors that are no person with a login."""


@dataclass(frozen=True)
class Photo:
    """A photo that is rendered when its step is performed."""

    name: str
    shot: Shot


@dataclass(frozen=True)
class Paper:
    """A short record, kept as a PDF, of work that no camera can see."""

    name: str
    title: str
    ground: Ground
    at: datetime


Exhibit = Photo | Paper


@dataclass(frozen=True)
class Report:
    """How a case comes in."""

    title: str
    text: str
    source: str
    matter: str
    lon: float
    lat: float
    place_text: str
    desk_unit: str
    reporter_name: str = ""
    reporter_phone: str = ""


@dataclass(frozen=True)
class Step:
    """One act on one case; `number` counts the acts of the case from 0, the report."""

    at: datetime
    case: int
    number: int
    move: str
    actor: str
    words: str = ""
    matter: str = ""
    unit: str = ""
    exhibits: tuple[Exhibit, ...] = ()
    report: Report | None = None

    @property
    def order(self) -> tuple[datetime, int, int]:
        """Steps are performed in this order."""
        return self.at, self.case, self.number
