"""Makes a rule of a decision: what the coordinating desk decided in a dispute becomes an entry of a draft."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Division
from tongqu.shared.region.rules import CODE_LENGTHS, Level
from tongqu.systems.cases.actions.routing import add_entry, change_entry, draft_list
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList
from tongqu.systems.cases.queries.routing_files import values_of
from tongqu.systems.cases.queries.routing_reading import LONGEST_NOTE
from tongqu.systems.cases.rules.routing import ListState


@acting
def rule_from_decision(case: Case, *, by: Actor, at: datetime) -> RoutingEntry:
    """Put the last decision about a case into the newest open draft, or into a new one; return the entry.

    The entry names the matter and the township of the case (a wider division where the place is known no nearer). Where the
    draft has an entry for just that, it gets the decided unit and keeps the rest. Raises `BadInput` when nothing was
    decided, the case has no matter, or the unit cannot lead there.
    """
    fact = decision_of(case)
    decided = fact.after_values if fact else {}
    if fact is None or not decided.get("matter"):
        message = _("Only a decided dispute with a named matter can become a rule.")
        raise BadInput([Problem(message, code="not-decided")])
    draft = RoutingList.objects.filter(state=ListState.DRAFT).order_by("-pk").first()
    if draft is None:
        title = _("Rule from the dispute about %(case)s") % {"case": case.number}
        draft = draft_list(title=title, reason=fact.note, by=by, at=at)
    place = _place(case)
    values = {
        "division": place.code,
        "matter": str(decided["matter"]),
        "lead": str(decided["unit"]),
        "note": f"{case.number} {fact.note}"[:LONGEST_NOTE],
    }
    known = draft.entries.filter(division=place, matter__code=values["matter"], grade="", window="").first()
    if known is None:
        return add_entry(draft, values, by=by, at=at, case=case)
    kept = values_of(known)
    assisting = [code for code in known.assisting if code != values["lead"]]
    return change_entry(known, {**kept, **values, "assisting": " ".join(assisting)}, by=by, at=at, case=case)


def decision_of(case: Case) -> Fact | None:
    """Return the last decision about who must handle the case."""
    facts = Fact.objects.filter(subject_kind="case", subject_id=str(case.pk), verb="case.dispute_decided")
    last: Fact | None = facts.order_by("-seq").first()
    return last


def _place(case: Case) -> Division:
    """Return the township of the case, or what is known of its place."""
    path = case.division_path[: CODE_LENGTHS[Level.TOWNSHIP]]
    return Division.objects.defer("outline").get(path=path)
