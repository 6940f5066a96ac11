"""Which unit's desk or inspectors answer for a place, and in what capacity a person meets a case."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import Move
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.shared.region.models import Person, Posting, Unit
from tongqu.shared.region.queries import Kept
from tongqu.shared.region.rules import Role, UnitKind
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.reporter import rating_of, reporter_may_reopen, reporter_verifies
from tongqu.systems.cases.queries.suspension import is_suspension_asked
from tongqu.systems.cases.rules.lifecycle import MOVES, Party, Post, State, When, conditions, parties
from tongqu.systems.cases.rules.reporter import Reporter


class NobodyAnswers(BadInput):
    """The region has no unit that could take the case in."""

    def __init__(self) -> None:
        message = _("No unit answers for this place yet. Import the region's units first.")
        super().__init__([Problem(message, code="nobody-answers")])


def _around(division_path: str) -> list[str]:
    """Return the paths of the places that hold the place, the smallest first."""
    return [division_path[:length] for length in range(len(division_path), 0, -1)]


def _above(division_path: str) -> QuerySet[Unit]:
    """Return the active units whose territory holds the place, the nearest first."""
    return Unit.objects.filter(is_active=True, division__path__in=_around(division_path)).order_by(
        "-division__path", "path"
    )


class Answering:
    """Which unit answers for each place in each role, read once for many places."""

    def __init__(self) -> None:
        self._posted: dict[tuple[str, str], Unit] = {}
        self._territorial: dict[str, Unit] = {}
        posted = set(Posting.objects.filter(until_on=None).values_list("unit_id", "role").distinct())
        units = Unit.objects.filter(is_active=True)
        for unit in units.select_related("division").defer("division__outline").order_by("path"):
            for role in Role:
                if (unit.pk, role.value) in posted:
                    self._posted.setdefault((role, unit.division.path), unit)
            if unit.kind == UnitKind.TERRITORY:
                self._territorial[unit.division.path] = unit

    def unit(self, role: Role, division_path: str) -> Unit:
        """Return the nearest unit over the place in which somebody holds the role, else the topmost government.

        Raises `NobodyAnswers` when no territorial unit covers the place.
        """
        around = _around(division_path)
        posted = next((self._posted[role, path] for path in around if (role, path) in self._posted), None)
        topmost = (self._territorial[path] for path in reversed(around) if path in self._territorial)
        found = posted or next(topmost, None)
        if found is None:
            raise NobodyAnswers
        return copy(found)


_answering = Kept(Unit.list_name, Answering)


def answering() -> Answering:
    """Return who answers as units and postings are now, kept in memory."""
    return _answering.get()


def unit_with(role: Role, division_path: str) -> Unit:
    """Return the unit that answers for the place in the role: see `Answering.unit`."""
    return answering().unit(role, division_path)


def desk_for(division_path: str) -> Unit:
    """Return the unit whose duty desk takes in what happens in the place."""
    return unit_with(Role.DUTY_DESK, division_path)


def inspectors_for(division_path: str) -> Unit:
    """Return the unit whose inspectors check what was handled in the place."""
    return unit_with(Role.INSPECTOR, division_path)


def coordinator_for(division_path: str) -> Unit:
    """Return the unit that decides a dispute in the place: the nearest desk over the one that dispatches there.

    Where nobody is posted to a desk above, that is the desk of the place itself.
    """
    desk = desk_for(division_path)
    above = _above(division_path).filter(postings__role=Role.DUTY_DESK, postings__until_on=None)
    higher = above.exclude(division__path__startswith=desk.division.path).distinct().first()
    return higher or desk


def conditions_of(case: Case, at: datetime | None = None) -> frozenset[When]:
    """Return the conditions of the table that the case fulfils; those that pass with time only at an instant."""
    return conditions(
        returns=case.returns,
        is_registered=case.registered_at is not None,
        is_suspension_asked=is_suspension_asked(case),
        is_split=case.is_split,
        reporter_verifies=reporter_verifies(case),
        is_rated=rating_of(case) is not None,
        reporter_may_reopen=at is not None and reporter_may_reopen(case, at),
    )


def _decided_at(case: Case) -> str:
    """Return the division of the unit that owes the decision of a dispute, or nothing."""
    if case.state != State.DISPUTED or case.duty is None:
        return ""
    return case.duty.owner_unit.division.path


def posts_of(actor: Actor) -> list[Post]:
    """Return the posts that the actor holds; none for who is not a person."""
    if not isinstance(actor, Person):
        return []
    return [
        Post(Role(p.role), UnitKind(p.unit.kind), p.unit.path, p.unit.division.path)
        for p in actor.postings_now
    ]


def was_handled_by(case: Case, actor_ref: str) -> bool:
    """Answer whether the actor did the work, or a part of it, and so may not check it."""
    if case.handled_by_ref == actor_ref:
        return True
    return case.is_split and case.parts.filter(is_current=True, handled_by_ref=actor_ref).exists()


def parties_of(actor: Actor, case: Case) -> frozenset[Party]:
    """Return the capacities in which the actor meets the case; none for strangers."""
    if actor == SYSTEM:
        return frozenset({Party.SYSTEM})
    if isinstance(actor, Reporter):
        is_theirs = actor.tracking_code == case.tracking_code
        return frozenset({Party.REPORTER}) if is_theirs else frozenset()
    return parties(
        posts_of(actor),
        division_path=case.division_path,
        owner_path=case.unit_path,
        decided_at_path=_decided_at(case),
    )


def moves_open_to(person: Person, case: Case) -> tuple[Move, ...]:
    """Return the moves that the person may make now, in the order of the life cycle."""
    moves = MOVES.allowed(State(case.state), parties_of(person, case), conditions_of(case))
    if case.state == State.HANDLED and was_handled_by(case, person.actor_ref):
        return tuple(move for move in moves if move.name not in ("verify", "refuse"))
    return moves


def moves_of_reporter(case: Case, at: datetime | None) -> frozenset[str]:
    """Return the moves that the holder of the tracking code may make at the instant."""
    rows = MOVES.allowed(State(case.state), {Party.REPORTER}, conditions_of(case, at))
    return frozenset(move.name for move in rows)


@dataclass(frozen=True)
class Suggestion:
    """A unit that could take a case, and why it is suggested."""

    unit: Unit
    is_department: bool
    """Whether it is the department that answers for the matter, rather than the government of the place."""


def suggested_units(case: Case, matter: Matter | None = None) -> list[Suggestion]:
    """Return who could take the case: the matter's department, nearest first, then the governments of the place."""
    matter = matter or case.matter
    above = list(_above(case.division_path).select_related("division").defer("division__outline"))
    departments = [
        u for u in above if u.kind == UnitKind.LINE and matter and answers(u.code, matter.department)
    ]
    governments = [u for u in above if u.kind == UnitKind.TERRITORY]
    return [Suggestion(u, True) for u in departments] + [Suggestion(u, False) for u in governments]


def answers(unit_code: str, department: str) -> bool:
    """Answer whether the unit is of the department: its code is the department's key, or begins with it.

    >>> answers("zhzf-qujiang", "zhzf"), answers("zhzfx", "zhzf"), answers("zhzf", "")
    (True, False, False)
    """
    return bool(department) and (unit_code == department or unit_code.startswith(f"{department}-"))


def sees_reporter(person: Person, case: Case) -> bool:
    """Answer whether the person may see the reporter's name and telephone: the desk and the handling unit may."""
    return bool(parties_of(person, case) & {Party.DESK, Party.OWNER})
