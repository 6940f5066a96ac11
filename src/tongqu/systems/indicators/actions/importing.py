"""Brings a table of figures in: the good rows are recorded, each bad one is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.rules import Actor
from tongqu.systems.indicators.actions.keeping import check_keeper
from tongqu.systems.indicators.actions.recording import Origin, Recorded, record_figures
from tongqu.systems.indicators.queries.book import the_book
from tongqu.systems.indicators.queries.tables import read_figures


@dataclass(frozen=True)
class Imported:
    """What became of a table."""

    recorded: Recorded
    problems: tuple[Problem, ...]

    @property
    def total(self) -> Recorded:
        """What became of all its rows."""
        return self.recorded


def import_figures(data: bytes, name: str, origin: Origin, *, by: Actor, at: datetime) -> Imported:
    """Record the good rows of a CSV or XLSX; raises `BadInput` when there is none, with what is wrong."""
    check_keeper(by)
    read = read_figures(data, name, the_book())
    if not read.rows:
        empty = _("The table has no rows. Add one below the heading.")
        raise BadInput(read.problems or [Problem(empty, "empty", name)])
    return Imported(record_figures(read.rows, origin, by=by, at=at), tuple(read.problems))
