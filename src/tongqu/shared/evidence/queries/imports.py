"""Reads imports: which there are, how far they are, and what became of each file."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongqu.shared.access.queries import scope_of
from tongqu.shared.evidence.models import ImportBatch, ImportItem
from tongqu.shared.evidence.queries.messages import message
from tongqu.shared.evidence.rules.refusals import Reason
from tongqu.shared.evidence.rules.words import ItemState
from tongqu.shared.region.models import Person

REPORT_HEADINGS = (_("File"), _("Result"), _("Why it was refused"), "SHA-256")


@dataclass(frozen=True)
class Tally:
    """How many files of an import are new, known, refused, and still waiting."""

    new: int = 0
    known: int = 0
    refused: int = 0
    waiting: int = 0

    @property
    def done(self) -> int:
        """How many are settled."""
        return self.new + self.known + self.refused

    @property
    def total(self) -> int:
        """How many there are."""
        return self.done + self.waiting

    @property
    def percent(self) -> int:
        """How far the import is."""
        return 100 * self.done // self.total if self.total else 100

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def tally(batch: ImportBatch) -> Tally:
    """Return the counts of an import."""
    rows = batch.items.order_by().values_list("state").annotate(number=Count("pk"))
    return Tally(**{str(state): number for state, number in rows})


def imports_of(person: Person) -> QuerySet[ImportBatch]:
    """Return the imports that the person or a unit in sight started, newest first."""
    in_sight = scope_of(person).q(division_field="", unit_field="unit_path")
    return ImportBatch.objects.filter(in_sight | Q(by_ref=person.actor_ref)).select_related("unit")


def items_of(batch: ImportBatch, state: ItemState | None = None) -> QuerySet[ImportItem]:
    """Return the files of an import, in order."""
    found = batch.items.select_related("evidence")
    return found.filter(state=state) if state else found


def reason_of(item: ImportItem) -> str:
    """Return why a file was refused, in the reader's language; nothing for the others."""
    return str(message(Reason(item.reason), item.details)) if item.reason else ""


def report_rows(batch: ImportBatch) -> list[tuple[str, str, str, str]]:
    """Return the report of an import: file, result, reason, hash."""
    return [
        (
            item.name,
            str(item.get_state_display()),
            reason_of(item),
            item.evidence.sha256 if item.evidence else "",
        )
        for item in items_of(batch)
    ]
