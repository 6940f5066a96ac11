"""Plans the cases of a span of days; nothing is written yet, and the same span and seed give the same plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.random import Generator

from tongqu.demo.scenes.sights.kinds import Sight
from tongqu.demo.story.cast import Cast, Owner, Where
from tongqu.demo.story.exhibits import Album, album
from tongqu.demo.story.life import WAITING, Due, course, times, waits_in
from tongqu.demo.story.steps import PATROL, RESIDENT, Report, Step
from tongqu.demo.story.tales.all import CLOSED, DISPATCHED, REJECTED, REOPENED, SUSPENDED, TALES
from tongqu.demo.story.tales.tale import Tale, said
from tongqu.demo.story.tales.tale import spot as words_for_spot
from tongqu.demo.story.working import Pace
from tongqu.kernel.calendar import Allowance
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.lifecycle import State

_PATROLS = (9, 11, 13, 15, 17)
_NAMES = ["张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十"]
_TRIES = 60


@dataclass(frozen=True)
class Span:
    """The days to live through, and how many cases come up in them; `waiting` of them wait at the end."""

    key: str
    seed: int
    since: datetime
    until: datetime
    cases: int
    waiting: float = 0.16


@dataclass(frozen=True)
class World:
    """What the plan builds on."""

    cast: Cast
    pace: Pace
    matters: dict[str, Matter]


@dataclass(frozen=True)
class Draft:
    """A case before its steps are written out."""

    index: int
    tale: Tale
    matter: Matter
    where: Where
    album: Album
    source: str
    reported_at: datetime
    course: list[Due]


def plan(span: Span, world: World) -> list[Step]:
    """Return all steps up to the span's end, in the order of time."""
    waiting = max(round(span.cases * span.waiting), len(WAITING)) if span.waiting else 0
    steps: list[Step] = []
    for index in range(span.cases):
        rng = np.random.default_rng([span.seed, index])
        waits = WAITING[index % len(WAITING)] if index < waiting else None
        drafted = _draft(rng, span, world, index, waits)
        steps += [step for step in _steps(rng, drafted, world) if step.at <= span.until]
    return sorted(steps, key=lambda step: step.order)


def _draft(rng: Generator, span: Span, world: World, index: int, waits: State | None) -> Draft:
    tale = _chosen_tale(rng)
    ground = tale.places[int(rng.integers(len(tale.places)))]
    matter = world.matters[tale.matter]
    where = world.cast.spot(rng, ground)
    source = str(rng.choice([name for name, _ in tale.sources], p=[part for _, part in tale.sources]))
    moves = course(rng, tale.handling_share)
    if waits is not None:
        moves = waits_in([due for due in moves if due.move not in ("reject", "reopen")] or moves, waits)
        reported_at = _when_waiting(rng, span, world.pace, matter, moves, waits, source, tale.sight)
    else:
        reported_at = _when(rng, span, source, tale)
    pictures = album(rng, index, tale, matter, ground, where.lon, where.lat, span.until)
    return Draft(index, tale, matter, where, pictures, source, reported_at, moves)


def _chosen_tale(rng: Generator) -> Tale:
    weights = np.array([tale.weight for tale in TALES])
    return TALES[int(rng.choice(len(TALES), p=weights / weights.sum()))]


def _when(rng: Generator, span: Span, source: str, tale: Tale) -> datetime:
    """Return when something comes up: on patrol hours, by daylight, or whenever people call."""
    whole = span.until - span.since
    for _ in range(_TRIES):
        at = _at_its_hour(rng, span.since + whole * float(rng.random()), source, tale.sight)
        if span.since < at < span.until:
            return at
    return span.since + whole / 2


def _at_its_hour(rng: Generator, at: datetime, source: str, sight: Sight) -> datetime:
    """Move an instant to an hour of the same day at which it is reported; 8 hours lie between the zones' days."""
    local = at + timedelta(hours=8)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=8)
    if source == "drone":
        hour = _PATROLS[int(rng.integers(len(_PATROLS)))] - 0.5 + rng.uniform(0, 0.6)
    elif sight is Sight.NOTHING:
        hour = float(rng.choice([rng.uniform(8, 18), rng.uniform(18, 22)], p=[0.8, 0.2]))
    else:
        hour = rng.uniform(7.5, 17.0)
    return midnight + timedelta(seconds=int(hour * 3600))


def _when_waiting(
    rng: Generator,
    span: Span,
    pace: Pace,
    matter: Matter,
    moves: list[Due],
    waits: State,
    source: str,
    sight: Sight,
) -> datetime:
    """Return a time of report such that the last step now waits: mostly in time, some nearly due, some late."""
    low, high = ((0.05, 0.6), (0.72, 0.97), (1.05, 1.9))[int(rng.choice(3, p=[0.62, 0.22, 0.16]))]
    allowance = Allowance.parse(matter.allowance(_duty_of(waits)))
    best, miss = span.until - timedelta(hours=1), 99.0
    for attempt in range(_TRIES):
        reach = timedelta(hours=2 + attempt * 4) if attempt < 40 else span.until - span.since
        at = _at_its_hour(rng, span.until - reach * float(rng.random()), source, sight)
        at = max(at, span.since + timedelta(hours=1))
        begun = [at, *(when for _, when in times(pace, at, moves, matter))][-1]
        if begun >= span.until:
            continue
        used = pace.used(_counts_from(at, begun, moves, pace, matter), span.until, allowance)
        away = max(low - used, used - high, 0.0)
        if away < miss:
            best, miss = at, away
        if miss == 0.0:
            break
    return best.replace(microsecond=0)


def _duty_of(state: State) -> str:
    return {
        State.REPORTED: "accept",
        State.ACCEPTED: "dispatch",
        State.DISPUTED: "decide",
        State.HANDLED: "verify",
        State.VERIFIED: "close",
    }.get(state, "handle")


def _counts_from(at: datetime, begun: datetime, moves: list[Due], pace: Pace, matter: Matter) -> datetime:
    """Return when the open duty began to count: taking a case does not start the handling time anew."""
    if not moves or moves[-1].move != "take":
        return begun
    return [at, *(when for due, when in times(pace, at, moves, matter) if due.move == "dispatch")][-1]


def _steps(rng: Generator, draft: Draft, world: World) -> Iterator[Step]:
    """Write a case's steps out, with their actors, words and exhibits."""
    yield _report(rng, draft, world)
    owners = list(world.cast.owners(draft.where.path, draft.matter))
    desk = world.cast.desk(draft.where.path)[1]
    inspectors = world.cast.inspectors(draft.where.path)
    people = _People(desk[draft.index % len(desk)], inspectors[draft.index % len(inspectors)])
    handled_at, round_ = draft.reported_at, 0
    for number, (due, at) in enumerate(
        times(world.pace, draft.reported_at, draft.course, draft.matter), start=1
    ):
        if due.move == "dispatch":
            people.owner = _owner(rng, owners, draft.tale, not_again=people.owner)
        if due.move == "handle":
            handled_at, round_ = at, round_ + 1
        yield _step(rng, draft, due.move, at, number, people, handled_at, round_)


@dataclass
class _People:
    """Who acts on a case."""

    desk: str
    inspector: str
    owner: Owner | None = None

    def who(self, move: str, index: int) -> str:
        """Return the login of whoever makes the move."""
        if move in ("take", "send_back", "handle") and self.owner is not None:
            return self.owner.handlers[index % len(self.owner.handlers)]
        return self.inspector if move in ("verify", "refuse") else self.desk


def _owner(rng: Generator, owners: list[Owner], tale: Tale, *, not_again: Owner | None) -> Owner:
    """Return the unit that gets the case: its department or the government of the place."""
    rest = [owner for owner in owners if owner != not_again] or owners
    wants_department = rng.random() < tale.department_share
    fitting = [owner for owner in rest if owner.is_department == wants_department] or rest
    return fitting[0]


def _step(
    rng: Generator,
    draft: Draft,
    move: str,
    at: datetime,
    number: int,
    people: _People,
    handled_at: datetime,
    round_: int,
) -> Step:
    pictures, words = draft.album, _words(rng, draft, move)
    exhibits = {
        "handle": lambda: pictures.handling(rng, at, round_),
        "verify": lambda: pictures.check(rng, at, handled_at, round_, good=True),
        "refuse": lambda: pictures.check(rng, at, handled_at, round_, good=False),
    }.get(move, tuple)()
    unit = people.owner.unit if move == "dispatch" and people.owner else ""
    actor = people.who(move, draft.index)
    matter = draft.matter.code if move == "accept" else ""
    return Step(at, draft.index, number, move, actor, words, matter, unit, exhibits)


def _words(rng: Generator, draft: Draft, move: str) -> str:
    tale = draft.tale
    templates = {
        "reject": REJECTED,
        "dispatch": DISPATCHED,
        "send_back": tale.returned,
        "handle": tale.handled,
        "verify": tale.verified,
        "refuse": tale.refused,
        "close": CLOSED,
        "suspend": SUSPENDED,
        "reopen": REOPENED,
    }.get(move, ("",))
    return said(rng, templates, draft.album.place.ground)


def _report(rng: Generator, draft: Draft, world: World) -> Step:
    """Return the report: by patrol, grid worker, resident or the hotline's desk."""
    ground = draft.album.place.ground
    place = words_for_spot(rng, ground)
    unit, desk = world.cast.desk(draft.where.path)
    by_resident = draft.source in ("phone", "web")
    named = by_resident or draft.source == "hotline"
    name = _NAMES[int(rng.integers(len(_NAMES)))]
    report = Report(
        title=f"{draft.where.township}{place}：{draft.matter.name_zh_hans}" if not by_resident else "",
        text=said(rng, draft.tale.told_by(draft.source), ground, spot=f"{draft.where.township}{place}"),
        source=draft.source,
        matter=draft.matter.code if draft.source in ("drone", "grid") else "",
        lon=draft.where.lon,
        lat=draft.where.lat,
        place_text=place,
        desk_unit=unit,
        reporter_name=f"演示·{name}" if named else "",
        reporter_phone=f"000{int(rng.integers(10**8)):08d}" if named else "",
    )
    actor = {"drone": PATROL, "hotline": desk[draft.index % len(desk)]}.get(draft.source, RESIDENT)
    if draft.source == "grid":
        owners = world.cast.owners(draft.where.path, draft.matter)
        actor = next((o.handlers[0] for o in owners if not o.is_department), RESIDENT)
    shown = draft.album.report(rng, draft.reported_at, draft.source)
    return Step(draft.reported_at, draft.index, 0, "report", actor, exhibits=shown, report=report)
