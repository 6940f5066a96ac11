"""What everybody may know of a report: whoever holds its tracking code, and nobody's personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.labels import STATE_LABELS
from tongqu.systems.cases.models.rating import Rating
from tongqu.systems.cases.queries.answering import moves_of_reporter
from tongqu.systems.cases.queries.cases import story
from tongqu.systems.cases.queries.joining import handled_with
from tongqu.systems.cases.queries.reporter import rating_of
from tongqu.systems.cases.rules.lifecycle import State

PUBLIC_STEPS = (
    "case.reported", "case.accepted", "case.rejected", "case.registered", "case.dispatched", "case.dispute_decided",
    "case.suspended", "case.resumed", "case.handled", "case.refused", "case.verified", "case.closed", "case.rated",
    "case.reopened", "case.joined", "case.separated",
)  # fmt: skip
OWN_STEPS = frozenset({"case.joined", "case.separated", "case.rejected", "case.closed", "case.reopened"})
"""What stands in a joined case's own story even when it happened to its parent."""
WITH_REASON = frozenset({"case.rejected"})


@dataclass(frozen=True)
class Step:
    """Something that happened, in words for the reporter."""

    at: datetime
    label: str
    note: str


@dataclass(frozen=True)
class Status:
    """How a report stands."""

    case_number: str
    state: str
    matter: str
    place: str
    unit: str
    is_open: bool
    is_invented: bool
    moves: frozenset[str]
    """The moves that the reporter may make now."""
    rating: Rating | None
    steps: list[Step]
    together_as: str = ""
    """The number of the case that the report is handled as, if it was joined to one."""
    together_with: int = 0
    """With how many other reports."""


def case_of(code: str) -> Case | None:
    """Return the case with the tracking code, or None."""
    rows = Case.objects.select_related("matter", "division", "owner_unit", "parent", "joining")
    return rows.filter(tracking_code=code.strip().upper()).first()


def followed(code: str, at: datetime | None = None) -> Status | None:
    """Return how the report with the tracking code stands, or None when there is none."""
    case = case_of(code)
    return status_of(case, at) if case is not None else None


def status_of(case: Case, at: datetime | None) -> Status:
    """Return how the report stands, for whoever holds its code."""
    lead = case.parent or case
    return Status(
        case_number=case.number,
        state=str(STATE_LABELS[State(lead.state)]),
        matter=case.matter.name if case.matter else "",
        place=case.division.name if case.division else "",
        unit=case.owner_unit.name if case.owner_unit else "",
        is_open=case.is_open,
        is_invented=case.is_invented,
        moves=moves_of_reporter(case, at),
        rating=rating_of(case),
        steps=[
            Step(fact.at, said(fact.verb), fact.note if fact.verb in WITH_REASON else "")
            for fact in _facts(case)
            if fact.verb in PUBLIC_STEPS
        ],
        together_as=case.parent.number if case.parent else "",
        together_with=handled_with(case) if case.parent else 0,
    )


def _facts(case: Case) -> list[Fact]:
    """Return what the journal tells of the case, and of its parent since it was joined."""
    own = story(case)
    if case.parent is None:
        return own
    joined_at = case.joining.joined_at
    # How the parent ended, and that it was opened again, stands in the case's own story.
    shared = [f for f in story(case.parent) if f.at >= joined_at and f.verb not in OWN_STEPS]
    return sorted([*own, *shared], key=lambda fact: fact.seq)


def said(verb: str) -> str:
    """Return a public step in words for the reporter."""
    says = {
        "case.reported": _("Your report has come in."),
        "case.accepted": _("The duty desk has accepted it."),
        "case.rejected": _("The duty desk could not accept it."),
        "case.registered": _("The case has been registered."),
        "case.suspended": _("The work rests for a while, for a reason that the duty desk has accepted."),
        "case.resumed": _("The work goes on."),
        "case.dispatched": _("It has been sent to the unit that handles it."),
        "case.dispute_decided": _("It was decided which unit handles it, and sent there."),
        "case.handled": _("The unit reports the work as done."),
        "case.refused": _("A check found that more work is needed."),
        "case.verified": _("A check found that the work is done."),
        "case.closed": _("The case is closed."),
        "case.rated": _("The outcome was rated."),
        "case.reopened": _("The case was opened again."),
        "case.joined": _("It is handled together with other reports of the same thing."),
        "case.separated": _("It is handled by itself again."),
    }
    return says[verb]
