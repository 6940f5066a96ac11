"""The parts of a case, what each owes, and who may do what with them."""

from __future__ import annotations

from tongqu.kernel.workflow import Move
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.parts import CasePart, JointVisit
from tongqu.systems.cases.queries.answering import parties_of, posts_of
from tongqu.systems.cases.rules.lifecycle import Party, parties
from tongqu.systems.cases.rules.parts import CASE_AT_WORK, PART_MOVES, PartState

MOST_OWED = 100


def parts_of(case: Case) -> list[CasePart]:
    """Return the parts of the case's present round, in their order, with what a page shows of them."""
    rows = case.parts.filter(is_current=True).select_related("unit", "duty").prefetch_related("evidence")
    found = list(rows.order_by("place"))
    for part in found:
        part.case = case
    return found


def lead_signs_by_part(case: Case) -> bool:
    """Answer whether signing for a part signs for the whole: the unit of the case has one that waits for it."""
    rows = case.parts.filter(is_current=True, unit=case.owner_unit_id, state=PartState.SENT)
    return rows.exists()


def part_at(case: Case, place: int) -> CasePart | None:
    """Return the part with the number within the case."""
    return CasePart.objects.filter(case=case, place=place).first()


def part_parties(actor: Actor, part: CasePart) -> frozenset[Party]:
    """Return the capacities in which the actor meets the part; `owner` is whoever works for its unit."""
    return parties(posts_of(actor), division_path=part.case.division_path, owner_path=part.unit_path)


def part_moves_open_to(person: Person, part: CasePart) -> tuple[Move, ...]:
    """Return the moves that the person may make with the part now; refusing belongs to the checklist."""
    if part.case.state not in CASE_AT_WORK or not part.is_current:
        return ()
    moves = PART_MOVES.allowed(PartState(part.state), part_parties(person, part))
    return tuple(move for move in moves if move.name != "refuse")


def owed_parts(person: Person) -> list[CasePart]:
    """Return the parts whose present duty lies with a unit of the person, the earliest due first."""
    units = [unit.pk for unit in person.units_as()]
    rows = CasePart.objects.filter(duty__is_open=True, duty__owner_unit__in=units).select_related(
        "case", "case__division", "case__matter", "case__visit", "unit", "duty"
    )
    return list(rows.order_by("duty__due_at", "id")[:MOST_OWED])


def visit_of(case: Case) -> JointVisit | None:
    """Return the joint visit planned for the case, with the units that attend."""
    return JointVisit.objects.filter(case=case).prefetch_related("units").first()


def may_plan_visit(person: Person, case: Case) -> bool:
    """Answer whether the person may plan the joint visit now."""
    is_at_work = case.is_split and case.state in CASE_AT_WORK
    return is_at_work and bool(parties_of(person, case) & {Party.DESK, Party.OWNER})
