"""Reads contests: the figures of a round, its table, what-ifs, and the history of the flag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from tongqu.kernel.periods import Period
from tongqu.shared.access.queries import scope_of
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.models.contest import Contest, Result, Round, RoundAdjustment
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.keeping import is_keeper
from tongqu.systems.indicators.queries.ranks import members_of
from tongqu.systems.indicators.queries.series import Span, measured_series
from tongqu.systems.indicators.rules.contest_data import read_contest
from tongqu.systems.indicators.rules.contests import (
    Adjustment,
    Figures,
    Item,
    Line,
    Scored,
    WhatIf,
    score,
    table,
    with_change,
)
from tongqu.systems.indicators.rules.contests import Contest as Terms
from tongqu.systems.indicators.rules.growth import decimals_of, plain, rounded
from tongqu.systems.indicators.rules.rounds import Held, RoundState, flag_history
from tongqu.systems.indicators.rules.sensitivity import Setting, Swing, swings, with_weight, without_item


def rounds_seen_by(person: Person) -> QuerySet[Round]:
    """Return the rounds that the person may see: published ones, and drafts for those who keep figures."""
    rounds = Round.objects.select_related("contest", "contest__division_set")
    if not person.is_active:
        return rounds.none()
    return rounds if is_keeper(person) else rounds.filter(state=RoundState.PUBLISHED)


def may_appeal(by: Actor, division: StatDivision) -> bool:
    """Answer whether somebody may appeal for a division."""
    if not isinstance(by, Person) or not by.is_active:
        return False
    own = division.division
    return is_keeper(by) or (own is not None and scope_of(by).covers(division_path=own.path))


def targets_of(terms: Mapping[str, Any]) -> dict[str, dict[str, Decimal]]:
    """Return the targets that the terms of a round give, by item and division."""
    given = terms.get("targets", {})
    return {item: {code: Decimal(str(value)) for code, value in of.items()} for item, of in given.items()}


def indicators_of(items: Iterable[Item]) -> dict[str, Indicator]:
    """Return the indicator of each item, by the item's code."""
    given = {item.code: item.indicator for item in items}
    known = {each.code: each for each in Indicator.objects.filter(code__in=given.values())}
    return {code: known[indicator] for code, indicator in given.items()}


def adjustments_of(round_: Round, *, at: datetime | None = None) -> QuerySet[RoundAdjustment]:
    """Return the bonuses and penalties that count in the table of a round: of a draft all, else those of its edition.

    What was added or taken back since counts with the next edition; `at` asks for what counts in one of that instant.
    """
    rows = round_.adjustments.select_related("division")
    known_at = at or round_.known_at
    if known_at is None:
        return rows.filter(taken_back_at=None)
    stands = Q(taken_back_at=None) | Q(taken_back_at__gt=known_at)
    return rows.filter(stands, made_at__lte=known_at)


def figures_of(round_: Round, terms: Terms, *, at: datetime | None) -> dict[str, Figures]:
    """Return what is known of each member for each item, by the division's code."""
    members = members_of(round_.contest.division_set)
    indicators = indicators_of(terms.items)
    targets = targets_of(round_.terms)
    return {
        item.code: figures_for(
            item, indicators[item.code], members, round_.when, targets=targets.get(item.code, {}), at=at
        )
        for item in terms.items
    }


def figures_for(
    item: Item,
    indicator: Indicator,
    members: Mapping[int, StatDivision],
    period: Period,
    *,
    targets: Mapping[str, Decimal],
    at: datetime | None = None,
) -> Figures:
    """Return what is known of each member for one item and period, by the division's code."""
    span = Span.of([period, period.year_before])
    values = measured_series(indicator, list(members), item.measure, span=span, at=at)
    codes = {pk: member.code for pk, member in members.items()}
    return Figures(
        {codes[pk]: values[pk].get(period) for pk in members},
        {codes[pk]: of[period.year_before] for pk, of in values.items() if period.year_before in of},
        targets,
    )


def setting_of(round_: Round, *, at: datetime | None = None) -> Setting:
    """Return a round with all that decides it: as published, or for a draft as things stand (or stood at an instant)."""
    terms = read_contest(round_.terms)
    figures = figures_of(round_, terms, at=at or round_.known_at)
    adjustments = [
        Adjustment(row.division.code, row.points, row.reason) for row in adjustments_of(round_, at=at)
    ]
    return Setting(terms, figures, score(terms, figures), adjustments)


def table_of(round_: Round, edition: int | None = None) -> list[Line]:
    """Return the table of a round: an edition as it was published, the newest unless told, or a draft as things stand."""
    if round_.state != RoundState.PUBLISHED:
        return lines_of(setting_of(round_))
    rows = Result.objects.filter(round=round_, edition=edition or round_.edition).select_related("division")
    decimals = read_contest(round_.terms).decimals
    return [
        Line(
            row.division.code,
            {item: _scored(of) for item, of in row.scores.items()},
            at_decimals(row.bonus, decimals),
            at_decimals(row.penalty, decimals),
            at_decimals(row.total, decimals),
            row.rank,
            row.holds_flag,
        )
        for row in rows.order_by("rank", "pk")
    ]


def at_decimals(points: Decimal, decimals: int) -> Decimal:
    """Return points at the contest's decimals, or at more where a bonus has more."""
    return rounded(points, max(decimals, decimals_of(plain(points))))


def _scored(of: Mapping[str, Any]) -> Scored:
    value = None if of["value"] is None else Decimal(of["value"])
    return Scored(value, of["rank"], Decimal(of["points"]))


def lines_of(setting: Setting) -> list[Line]:
    """Return the table of a round."""
    return table(setting.contest, setting.scores, setting.adjustments)


def lines_if(setting: Setting, changes: Sequence[WhatIf]) -> list[Line]:
    """Return the table as it would be under some what-ifs together."""
    figures, scores = dict(setting.figures), setting.scores
    for change in changes:
        scores = with_change(setting.contest, figures, scores, change)
        known = figures[change.item]
        figures[change.item] = Figures(
            {**known.values, change.member: change.value}, known.bases, known.targets
        )
    return table(setting.contest, scores, setting.adjustments)


@dataclass(frozen=True)
class Sensitivity:
    """How firmly the flag stands."""

    holders: frozenset[str]
    swings: list[Swing]
    without: dict[str, frozenset[str]]
    """Who would hold it without an item, where that is somebody else."""
    with_half_weight: dict[str, frozenset[str]]
    with_double_weight: dict[str, frozenset[str]]


def sensitivity_of(setting: Setting, *, challengers: int = 5) -> Sensitivity:
    """Return what would move the flag: figures of the divisions next below it, items and weights."""
    holders = setting.holders
    next_below = [line.member for line in lines_of(setting) if line.member not in holders][:challengers]
    decimals = {code: each.decimals for code, each in indicators_of(setting.contest.items).items()}
    weights = {item.code: item.weight for item in setting.contest.items}
    half = {code: with_weight(setting, code, weight / 2) for code, weight in weights.items()}
    double = {code: with_weight(setting, code, weight * 2) for code, weight in weights.items()}
    without = {code: without_item(setting, code) for code in weights}
    return Sensitivity(
        holders,
        swings(setting, next_below, decimals),
        *({code: of for code, of in each.items() if of != holders} for each in (without, half, double)),
    )


def history_of_flag(contest: Contest) -> list[Held]:
    """Return who held the flag through the published rounds, by the newest edition of each."""
    return histories_of_flags([contest]).get(contest.pk, [])


def histories_of_flags(contests: Iterable[Contest]) -> dict[int, list[Held]]:
    """Return the history of the flag of each contest that has a published round, by the contest's primary key."""
    rows = Result.objects.filter(
        round__contest__in=list(contests),
        round__state=RoundState.PUBLISHED,
        holds_flag=True,
        edition=F("round__edition"),
    ).values_list("round__contest", "round__period", "division__code")
    holders: dict[int, dict[Period, list[str]]] = {}
    for contest, period, division in rows.order_by("round__period", "rank", "pk"):
        holders.setdefault(contest, {}).setdefault(Period.of_code(period), []).append(division)
    return {contest: flag_history(of.items()) for contest, of in holders.items()}
