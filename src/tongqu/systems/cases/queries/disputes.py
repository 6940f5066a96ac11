"""Who has sent a case back, and what was decided about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.routing import RoutingEntry
from tongqu.systems.cases.queries.cases import story


@dataclass(frozen=True)
class Return:
    """One return of a case: which unit, when, and why."""

    unit_code: str
    unit_name: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Decision:
    """The decision of a dispute: the unit that must handle the case, and why."""

    unit_code: str
    unit_name: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Dispute:
    """What the coordinating desk reads before it decides, what it decided last, and the rule that was made of that."""

    returns: list[Return]
    decision: Decision | None
    rule: RoutingEntry | None = None


def returned_by(case: Case) -> list[str]:
    """Return the codes of the units that sent the case back, in the order of their first return."""
    return list(dict.fromkeys(_unit(fact) for fact in _facts(story(case), "case.sent_back")))


def dispute_of(case: Case, facts: Iterable[Fact]) -> Dispute | None:
    """Return the returns and the last decision out of the case's facts; None for a case that never was disputed."""
    told = list(facts)
    back, decided = _facts(told, "case.sent_back"), _facts(told, "case.dispute_decided")
    if case.state != "disputed" and not decided:
        return None
    codes = {_unit(fact) for fact in back} | {str(fact.after_values["unit"]) for fact in decided}
    names = {unit.code: unit.name for unit in Unit.objects.filter(code__in=codes)}
    returns = [Return(_unit(f), names.get(_unit(f), _unit(f)), f.at, f.note) for f in back]
    if not decided:
        return Dispute(returns, None)
    last = decided[-1]
    code = str(last.after_values["unit"])
    decision = Decision(code, names.get(code, code), last.at, last.note)
    return Dispute(returns, decision, rule_of(case, code))


def rule_of(case: Case, unit_code: str) -> RoutingEntry | None:
    """Return the newest entry that was made of a decision about the case, if it still names that unit as lead."""
    made = (
        RoutingEntry.objects.filter(case=case).select_related("routing_list", "lead").order_by("-pk").first()
    )
    return made if made is not None and made.lead.code == unit_code else None


def _facts(facts: Iterable[Fact], verb: str) -> list[Fact]:
    return [fact for fact in facts if fact.verb == verb]


def _unit(fact: Fact) -> str:
    return str(fact.before_values["unit"])
