"""Holds contests: terms, rounds, bonus and penalty, results in editions, appeals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from tongqu.kernel.periods import Period
from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor
from tongqu.systems.indicators.actions.keeping import Overtaken, check_keeper, check_unchanged, required
from tongqu.systems.indicators.models.contest import Appeal, Contest, Result, Round, RoundAdjustment
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.contests import lines_of, may_appeal, setting_of
from tongqu.systems.indicators.queries.marks import mark_of_contest
from tongqu.systems.indicators.queries.saying import in_words
from tongqu.systems.indicators.rules.contest_data import contest_data, read_contest
from tongqu.systems.indicators.rules.contests import BadContest, Line
from tongqu.systems.indicators.rules.marks import mark_of_table
from tongqu.systems.indicators.rules.rounds import APPEAL_MOVES, ROUND_MOVES, AppealState, RoundState

MOST_POINTS = 1000


@acting
def define_contest(
    code: str,
    *,
    name: str,
    division_set: DivisionSet,
    terms: Mapping[str, Any],
    by: Actor,
    at: datetime,
    name_hant: str = "",
    name_en: str = "",
    is_invented: bool = False,
    seen: str | None = None,
) -> Contest:
    """Define a contest, or change the terms of its next rounds; rounds that were opened keep theirs.

    What is so already changes nothing. `seen` is the mark of what was looked at: see `check_unchanged`.
    """
    check_keeper(by)
    known = Contest.objects.select_for_update(of=("self",)).select_related("division_set").filter(code=code)
    row = known.first() or Contest(code=required(code, "code", 40), is_invented=is_invented)
    mark, before = mark_of_contest(row if row.pk else None), row.terms or {}
    row.name_zh_hans, row.name_zh_hant, row.name_en = required(name, "name", 100), name_hant, name_en
    row.division_set = division_set
    row.terms = _checked(terms, division_set)
    if mark_of_contest(row) == mark:
        return row
    check_unchanged(seen, mark)
    row.save()
    after = {"terms": row.terms, "division_set": division_set.code, "name": row.name_zh_hans}
    record(
        "contest.defined",
        row.subject,
        by=by,
        at=at,
        label=row.name_zh_hans,
        before={"terms": before},
        after=after,
    )
    return row


def _checked(terms: Mapping[str, Any], division_set: DivisionSet) -> dict[str, Any]:
    """Return the terms as they are stored; raises `BadInput` with what to change."""
    try:
        contest = read_contest(terms)
    except BadContest as bad:
        place = f"terms.{bad.place}" if bad.place else "terms"
        raise BadInput([Problem(in_words(bad.said), code="bad-contest", field=place)]) from bad
    codes = {item.indicator for item in contest.items}
    unknown = sorted(codes - set(Indicator.objects.filter(code__in=codes).values_list("code", flat=True)))
    if unknown:
        message = _("These codes are not known: %(codes)s. Define them first, or correct them.")
        number = next(n for n, item in enumerate(contest.items) if item.indicator in unknown)
        field = f"terms.items[{number}].indicator"
        raise BadInput([Problem(message % {"codes": ", ".join(unknown)}, code="unknown", field=field)])
    items = {item.code for item in contest.items}
    members = set(division_set.members.values_list("code", flat=True))
    targets = _targets(terms.get("targets", {}), items, members)
    return contest_data(contest) | ({"targets": targets} if targets else {})


def _targets(given: Any, items: set[str], members: set[str]) -> dict[str, dict[str, str]]:
    """Return the targets by item and division, as texts."""
    found: dict[str, dict[str, str]] = {}
    rows = given.items() if isinstance(given, dict) else [("targets", None)]
    for item, of in rows:
        if item not in items or not isinstance(of, dict) or of.keys() - members:
            message = _("Targets are numbers by item and by code of a member. Correct them at “%(item)s”.")
            raise BadInput([Problem(message % {"item": item}, code="bad-target", field="terms.targets")])
        found[item] = {code: str(_points(value, "terms.targets")) for code, value in of.items()}
    return found


def _points(value: Any, field: str, most: Decimal = Decimal(10**9)) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if found.is_finite() and abs(found) <= most and int(found.as_tuple().exponent) >= -4:
        return found
    message = _("Write a number with at most four decimals, not beyond %(most)s.") % {"most": most}
    raise BadInput([Problem(message, code="bad-number", field=field)])


@acting
def open_round(contest: Contest, period: Period, *, by: Actor, at: datetime) -> Round:
    """Open a round for a period with the terms as they are now."""
    check_keeper(by)
    locked = Contest.objects.select_for_update(of=("self",)).select_related("division_set").get(pk=contest.pk)
    if locked.rounds.filter(period=period.code).exclude(state=RoundState.DISCARDED).exists():
        raise MoveNotAllowed(_("This period has a round already. Publish or discard that one."))
    row = Round.objects.create(contest=locked, period=period.code, terms=locked.terms, made_at=at)
    _note("contest_round.opened", row, by=by, at=at, after={"period": str(period)})
    return row


@acting
def adjust(
    round_: Round, division: StatDivision, points: Decimal, *, reason: str, by: Actor, at: datetime
) -> RoundAdjustment:
    """Give a division a bonus (above zero) or a penalty (below zero); in a published round it counts with the next edition.

    The same points for the same reason are given once; who means them twice says what differs.
    """
    check_keeper(by)
    locked = _locked(round_)
    if locked.state == RoundState.DISCARDED:
        raise MoveNotAllowed(_("This round was discarded."))
    _check_takes_part(locked, division)
    found = _points(points, "points", Decimal(MOST_POINTS))
    if not found:
        raise BadInput([Problem(_("Nought changes nothing. Write points."), code="zero", field="points")])
    why = required(reason, "reason", 300)
    if locked.adjustments.filter(division=division, points=found, reason=why, taken_back_at=None).exists():
        twice = _("The same points for the same reason stand already. Say in the reason what differs.")
        raise BadInput([Problem(twice, code="stands", field="reason")])
    row = RoundAdjustment.objects.create(
        round=locked,
        division=division,
        points=found,
        reason=why,
        made_at=at,
        made_by_name=by.actor_name,
    )
    after = {"division": division.code, "points": str(found)}
    _note("contest_round.adjusted", locked, by=by, at=at, after=after, note=row.reason)
    return row


@acting
def take_back(adjustment: RoundAdjustment, *, reason: str, by: Actor, at: datetime) -> RoundAdjustment:
    """Take a bonus or penalty back, with the reason; what an edition counted stays in it, the next counts it no more."""
    check_keeper(by)
    round_ = _locked(adjustment.round)
    row = (
        RoundAdjustment.objects.select_for_update(of=("self",))
        .select_related("division")
        .get(pk=adjustment.pk)
    )
    if round_.state == RoundState.DISCARDED:
        raise MoveNotAllowed(_("This round was discarded."))
    if row.taken_back_at is not None:
        raise Overtaken(_("This was taken back already."))
    row.taken_back_at, row.taken_back_by_name = at, by.actor_name
    row.taken_back_reason = required(reason, "reason", 300)
    row.save()
    after = {"division": row.division.code, "points": str(row.points)}
    _note(
        "contest_round.adjustment_taken_back", round_, by=by, at=at, after=after, note=row.taken_back_reason
    )
    return row


@acting
def publish_round(
    round_: Round, *, by: Actor, at: datetime, reason: str = "", edition: int | None = None, seen: str = ""
) -> Round:
    """Publish the result of a draft by the figures known now, or a new edition of a published one, with the reason for it.

    The editions before stay as they are. `edition` is the one that this shall be, and `seen` the mark of the table that was
    looked at, where somebody looked: raises `Overtaken` when another was published meanwhile or the table is another by now;
    `BadInput` when no member has any figure.
    """
    check_keeper(by)
    locked = _locked(round_)
    if edition is not None and edition != locked.edition + 1:
        raise Overtaken(_("Edition %(edition)s is published already.") % {"edition": locked.edition})
    move = "publish_again" if locked.state == RoundState.PUBLISHED else "publish"
    locked.state = _moved(locked, move)
    note = required(reason, "reason", 300) if move == "publish_again" else reason.strip()[:300]
    locked.known_at = at
    setting = setting_of(locked, at=at)
    if not any(v is not None for each in setting.figures.values() for v in each.values.values()):
        message = _("No member has a figure for this period. Record the figures first.")
        raise BadInput([Problem(message, code="no-figures", field="period")])
    lines = lines_of(setting)
    if seen and mark_of_table(lines) != seen:
        raise Overtaken(_("The table has changed since you looked at it. Look at it anew, then publish."))
    locked.edition += 1
    locked.published_at = at
    locked.save()
    _keep(locked, lines)
    holders = [line.member for line in lines if line.holds_flag]
    after = {"edition": locked.edition, "flag": holders}
    _note("contest_round.published", locked, by=by, at=at, after=after, note=note)
    return locked


def _keep(round_: Round, lines: list[Line]) -> None:
    codes = [line.member for line in lines]
    divisions = dict(StatDivision.objects.filter(code__in=codes).values_list("code", "pk"))
    rows = [
        Result(
            round=round_,
            edition=round_.edition,
            division_id=divisions[line.member],
            rank=line.rank,
            total=line.total,
            bonus=line.bonus,
            penalty=line.penalty,
            holds_flag=line.holds_flag,
            scores={
                item: {
                    "value": None if scored.value is None else str(scored.value),
                    "rank": scored.rank,
                    "points": str(scored.points),
                }
                for item, scored in line.scores.items()
            },
        )
        for line in lines
    ]
    Result.objects.bulk_create(rows, batch_size=200)


@acting
def discard_round(round_: Round, *, by: Actor, at: datetime) -> Round:
    """Give up a draft."""
    check_keeper(by)
    locked = _locked(round_)
    locked.state = _moved(locked, "discard")
    locked.save(update_fields=["state"])
    _note("contest_round.discarded", locked, by=by, at=at)
    return locked


@acting
def appeal(round_: Round, division: StatDivision, *, text: str, by: Actor, at: datetime) -> Appeal:
    """Object to a published result for a division: whoever keeps figures may, and whoever sees the division's territory."""
    if not may_appeal(by, division):
        raise NotAllowed(_("Only those who answer for the division appeal for it."))
    locked = _locked(round_)
    if locked.state != RoundState.PUBLISHED:
        raise MoveNotAllowed(_("Only a published result can be appealed against."))
    _check_takes_part(locked, division)
    row = Appeal.objects.create(
        round=locked,
        edition=locked.edition,
        division=division,
        text=required(text, "text", 2000),
        made_at=at,
        made_by_ref=by.actor_ref,
        made_by_name=by.actor_name,
    )
    after = {"appeal": row.pk, "division": division.code}
    _note("contest_round.appealed", locked, by=by, at=at, after=after)
    return row


@acting
def decide_appeal(appeal: Appeal, *, uphold: bool, answer: str, by: Actor, at: datetime) -> Appeal:
    """Uphold or reject an appeal with an answer; the correction itself is a new edition (see `publish_round`)."""
    check_keeper(by)
    locked = Appeal.objects.select_for_update().select_related("round__contest").get(pk=appeal.pk)
    if locked.state != AppealState.OPEN:
        raise Overtaken(_("This appeal is decided already."))
    locked.state = APPEAL_MOVES.target(locked.state, "uphold" if uphold else "reject")
    locked.answer = required(answer, "answer", 2000)
    locked.decided_at, locked.decided_by_name = at, by.actor_name
    locked.save()
    after = {"appeal": locked.pk, "state": str(locked.state)}
    _note("contest_round.appeal_decided", locked.round, by=by, at=at, after=after, note=locked.answer)
    return locked


def _moved(round_: Round, move: str) -> str:
    """Return the state after a move; raises `MoveNotAllowed` in words."""
    if ROUND_MOVES.find(round_.state, move) is None:
        if round_.state == RoundState.DISCARDED:
            raise MoveNotAllowed(_("This round was discarded."))
        raise MoveNotAllowed(_("A published round is not discarded. Correct it by a new edition."))
    return ROUND_MOVES.target(round_.state, move)


def _locked(round_: Round) -> Round:
    rows = Round.objects.select_for_update(of=("self",)).select_related("contest", "contest__division_set")
    return rows.get(pk=round_.pk)


def _check_takes_part(round_: Round, division: StatDivision) -> None:
    if not round_.contest.division_set.members.filter(pk=division.pk).exists():
        message = _("%(division)s does not take part in this contest.") % {"division": division}
        raise BadInput([Problem(message, code="unknown", field="division")])


def _note(verb: str, round_: Round, *, by: Actor, at: datetime, after: Any = None, note: str = "") -> None:
    label = f"{round_.contest.name_zh_hans} {round_.when}"
    record(verb, round_.subject, by=by, at=at, label=label, after=after or {}, note=note)
