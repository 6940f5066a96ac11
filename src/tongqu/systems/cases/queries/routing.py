"""Who leads a case by the responsibility list in force: what the desk is offered, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tongqu.shared.duties.queries import rulebook
from tongqu.shared.region.models import Person, Unit
from tongqu.shared.region.rules import PATH_LENGTHS, Role
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList, RoutingUse
from tongqu.systems.cases.queries.routing_words import entry_words
from tongqu.systems.cases.rules.routing import Ask, ListState, Verdict, decide, may_keep
from tongqu.systems.cases.rules.windows import Moment


def list_in_force(at: datetime) -> RoutingList | None:
    """Return the list in force at the instant: of the approved ones the last to have come into force."""
    approved = RoutingList.objects.filter(state=ListState.APPROVED, in_force_from__lte=at)
    return approved.order_by("-in_force_from", "-pk").first()


def keeps_lists(person: Person) -> bool:
    """Answer whether the person may draft, submit and approve responsibility lists."""
    postings = ((Role(p.role), p.unit.division.parent_id is None) for p in person.postings_now)
    return person.is_active and may_keep(postings)


def moment_of(at: datetime) -> Moment:
    """Return the instant as windows see it, by the region's clock and calendar."""
    calendar = rulebook().calendar
    local = at.astimezone(calendar.zone)
    return Moment.of(local, is_working=calendar.is_working_day(local.date()))


def entries_of(routing_list: RoutingList) -> QuerySet[RoutingEntry]:
    """Return the entries of a list with what is shown of them."""
    shown = routing_list.entries.select_related("matter", "division", "lead", "verifier")
    return shown.defer("division__outline")


@dataclass(frozen=True)
class Routing:
    """What the list in force says of a case."""

    verdict: Verdict
    routing_list: RoutingList
    entry: RoutingEntry | None = None
    lead: Unit | None = None
    assisting: list[Unit] = field(default_factory=list)
    reason: str = ""
    """Why this unit: the entry in words."""
    rivals: list[RoutingEntry] = field(default_factory=list)
    """The entries that clash, where several do."""


def routing_for(case: Case, at: datetime, matter: Matter | None = None) -> Routing | None:
    """Return what the list in force at the instant says of the case (as if of the matter, when one is given).

    None when no list is in force or the case has no matter yet. Units that were closed are never offered: an
    entry that leads to one counts as a hole.
    """
    matter = matter or case.matter
    routing_list = list_in_force(at) if matter else None
    if matter is None or routing_list is None:
        return None
    grade = str(case.terms.grade) if matter == case.matter else matter.grade
    rows = {row.number: row for row in _speaking_of(routing_list, case.division_path, matter, grade)}
    ask = Ask(matter.code, matter.class_code, case.division_path, grade, moment_of(at))
    decision = decide([row.rule for row in rows.values()], ask)
    if decision.entry is None:
        rivals = [rows[entry.number] for entry in decision.entries]
        return Routing(decision.verdict, routing_list, rivals=rivals)
    row = rows[decision.entry.number]
    if not row.lead.is_active:
        return Routing(Verdict.HOLE, routing_list, entry=row)
    assisting = list(Unit.objects.filter(code__in=row.assisting, is_active=True)) if row.assisting else []
    reason = entry_words(row, {matter.class_code: matter.class_name})
    return Routing(Verdict.LEAD, routing_list, row, row.lead, assisting, reason)


def _speaking_of(
    routing_list: RoutingList, division_path: str, matter: Matter, grade: str
) -> QuerySet[RoutingEntry]:
    """Return the entries that may speak of the matter in the place; conditions of time are not looked at."""
    around = [division_path[:length] for length in PATH_LENGTHS if length <= len(division_path)]
    about = Q(matter=matter) | Q(matter=None, class_code__in=["", matter.class_code])
    return entries_of(routing_list).filter(about, division_path__in=around, grade__in=["", grade])


def allowance_for(case: Case, step: str) -> str:
    """Return the time for a step: the entry's, where the list was followed and gives one for handling; else the matter's."""
    use = used_by(case) if step == "handle" else None
    if use is not None and use.entry is not None and use.is_followed and use.entry.handle_allowance:
        return use.entry.handle_allowance
    return case.allowance(step)


def verifier_for(case: Case) -> Unit | None:
    """Return the unit whose inspectors check the work by the entry that was followed; None for the usual one."""
    use = used_by(case)
    if use is None or use.entry is None or not use.is_followed:
        return None
    verifier = use.entry.verifier
    return verifier if verifier is not None and verifier.is_active else None


def used_by(case: Case) -> RoutingUse | None:
    """Return what the list said when the case was last dispatched."""
    return (
        RoutingUse.objects.filter(case=case)
        .select_related("entry__verifier", "entry__lead", "routing_list")
        .first()
    )


def why_none(routing: Routing) -> str:
    """Return in words why the list offers nobody."""
    if routing.verdict == Verdict.CONFLICT:
        numbers = ", ".join(str(row.number) for row in routing.rivals)
        return _("The list names several leads for this case (entries %(numbers)s). Choose a unit.") % {
            "numbers": numbers
        }
    if routing.entry is not None:
        return _("The list names %(unit)s, which is closed. Choose another unit.") % {
            "unit": routing.entry.lead.name
        }
    return _("The list names nobody for this matter in this place. Choose a unit.")


def since_words(routing_list: RoutingList) -> str:
    """Return the day from which a list is in force, in local time."""
    return f"{localtime(routing_list.in_force_from):%Y-%m-%d}" if routing_list.in_force_from else ""
