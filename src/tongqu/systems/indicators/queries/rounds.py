"""What the pages of a contest show besides the table: its rounds, appeals, and the kinds of its figures."""

from __future__ import annotations

from collections.abc import Iterable

from tongqu.kernel.periods import Period
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.models.contest import Appeal, Contest, Round
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.queries.contests import may_appeal, rounds_seen_by
from tongqu.systems.indicators.queries.keeping import is_keeper
from tongqu.systems.indicators.rules.contests import Item
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.rounds import RoundState


def rounds_of(contest: Contest, person: Person) -> list[Round]:
    """Return the rounds of a contest that the person may see, the newest period first; discarded ones never."""
    return list(rounds_seen_by(person).filter(contest=contest).exclude(state=RoundState.DISCARDED))


def round_of(rounds: Iterable[Round], period: Period | None) -> Round | None:
    """Return the round of the period; without a period the newest published one, else the newest draft."""
    kept = list(rounds)
    if period is not None:
        return next((each for each in kept if each.when == period), None)
    published = (each for each in kept if each.state == RoundState.PUBLISHED)
    return next(published, kept[0] if kept else None)


def members_to_appeal_for(person: Person, round_: Round) -> list[StatDivision]:
    """Return the divisions for which the person may object to the result of a round; none before it is published."""
    if round_.state != RoundState.PUBLISHED:
        return []
    members = round_.contest.division_set.members.select_related("division").defer("division__outline")
    return [member for member in members.order_by("code") if may_appeal(person, member)]


def appeals_seen_by(person: Person, round_: Round) -> list[Appeal]:
    """Return the appeals of a round, the newest first: all for who keeps figures, else those for one's own divisions."""
    rows = list(
        round_.appeals.select_related("division", "division__division").defer("division__division__outline")
    )
    return rows if is_keeper(person) else [row for row in rows if may_appeal(person, row.division)]


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of divisions by their codes."""
    return {each.code: each.name for each in StatDivision.objects.filter(code__in=set(codes))}


def growth_recorded(round_: Round, items: Iterable[Item]) -> frozenset[tuple[str, str]]:
    """Return for which indicator and division growth was recorded as such, rather than computed from values."""
    codes = [item.indicator for item in items if item.measure == Measure.GROWTH]
    rows = Observation.objects.filter(
        indicator__code__in=codes,
        division__sets=round_.contest.division_set_id,
        period=round_.period,
        kind=KIND_NUMBERS[Kind.YOY],
    )
    return frozenset(rows.values_list("indicator__code", "division__code")) if codes else frozenset()
