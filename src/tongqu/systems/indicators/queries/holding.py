"""What who holds a contest must know: which figures are missing, what a publication would move, how long flags were held."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from tongqu.kernel.periods import Period
from tongqu.shared.journal.models import Fact
from tongqu.systems.indicators.models.contest import Contest, Round, RoundAdjustment
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.contests import indicators_of, lines_of, setting_of, table_of
from tongqu.systems.indicators.queries.ranks import members_of
from tongqu.systems.indicators.queries.series import Span, measured_series
from tongqu.systems.indicators.rules.contests import Item, Line
from tongqu.systems.indicators.rules.moving import Change, change_of
from tongqu.systems.indicators.rules.rounds import AppealState, RoundState
from tongqu.systems.indicators.rules.sensitivity import Setting
from tongqu.systems.indicators.rules.tenure import Published, held_for

MONTHS_BACK = 36
"""How far back the last known figure of a member is looked for."""


@dataclass(frozen=True)
class Gap:
    """Members without a figure for an item, and of which period the last one that is known is."""

    item: Item
    indicator: Indicator
    known: int
    of: int
    missing: Mapping[str, Period | None]
    """By the division's code."""


def gaps_of(round_: Round, setting: Setting) -> list[Gap]:
    """Return each item of a round with the members whose figure is not there."""
    indicators = indicators_of(setting.contest.items)
    found = []
    for item in setting.contest.items:
        values = setting.figures[item.code].values
        missing = [member for member, value in values.items() if value is None]
        last = _last_known(round_, item, indicators[item.code], missing) if missing else {}
        found.append(
            Gap(
                item,
                indicators[item.code],
                len(values) - len(missing),
                len(values),
                {member: last.get(member) for member in sorted(missing)},
            )
        )
    return found


def _last_known(round_: Round, item: Item, indicator: Indicator, missing: list[str]) -> dict[str, Period]:
    members = {
        pk: member for pk, member in members_of(round_.contest.division_set).items() if member.code in missing
    }
    period = round_.when
    span = Span(period.shifted(-MONTHS_BACK).code, period.code)
    values = measured_series(indicator, members, item.measure, span=span)
    last = {
        members[pk].code: max((when for when in of if when.months == period.months), default=None)
        for pk, of in values.items()
    }
    return {code: when for code, when in last.items() if when is not None}


@dataclass(frozen=True)
class Prospect:
    """What publishing a round now would mean."""

    edition: int
    lines: list[Line]
    change: Change
    """Beside the edition before; of a first edition, beside the published round before."""
    against: Round | None
    setting: Setting


def prospect_of(round_: Round, *, at: datetime) -> Prospect:
    """Return the table that a publication would make by the figures of an instant, beside the one that it follows."""
    setting = setting_of(round_, at=at)
    lines = lines_of(setting)
    against = round_ if round_.edition else _round_before(round_)
    before = table_of(against) if against else []
    return Prospect(round_.edition + 1, lines, change_of(before, lines), against, setting)


def _round_before(round_: Round) -> Round | None:
    rounds = round_.contest.rounds.filter(state=RoundState.PUBLISHED, period__lt=round_.period)
    return rounds.select_related("contest", "contest__division_set").first()


def rounds_held(contest: Contest) -> list[Round]:
    """Return all rounds of a contest, discarded ones too, the newest period first, each with its open appeals counted."""
    is_open = Q(appeals__state=AppealState.OPEN)
    return list(contest.rounds.annotate(open_appeals=Count("appeals", filter=is_open)))


def all_adjustments(round_: Round) -> list[RoundAdjustment]:
    """Return every bonus and penalty of a round, taken back or not."""
    return list(round_.adjustments.select_related("division"))


def is_pending(round_: Round, row: RoundAdjustment) -> bool:
    """Answer whether a bonus or penalty was given or taken back after the newest edition, and so counts with the next."""
    if round_.known_at is None:
        return False
    return row.made_at > round_.known_at or (
        row.taken_back_at is not None and row.taken_back_at > round_.known_at
    )


def flag_held_for(contest: Contest, *, at: datetime) -> dict[str, timedelta]:
    """Return how long each division held the flag, by what the journal says of each publication."""
    periods = {str(pk): Period.of_code(code) for pk, code in contest.rounds.values_list("pk", "period")}
    facts = Fact.objects.filter(
        subject_kind="contest_round", subject_id__in=periods, verb="contest_round.published"
    )
    return held_for(
        (
            Published(fact.at, periods[fact.subject_id], frozenset(json.loads(fact.after)["flag"]))
            for fact in facts
        ),
        at,
    )
