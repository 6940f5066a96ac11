"""Performs the steps of a plan through the public actions, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tongqu.demo.story.cast import Cast
from tongqu.demo.story.develop import Made, developed
from tongqu.demo.story.steps import PATROL, RESIDENT, Step
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.duties.actions.reminders import remind
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import Actor, NamedActor
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.actions import moves
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.actions.suspension import suspend
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter

ACTORS: dict[str, NamedActor] = {
    RESIDENT: NamedActor("resident", "居民"),
    PATROL: NamedActor("demo-patrol", "无人机巡检（演示）"),
}
_AT_ONCE = 100
_REST = timedelta(days=45)
"""For how long a case of the demo is suspended."""

Told = Callable[[int, int], None]
"""Is told how many steps are done, of how many."""


@dataclass
class Stage:
    """Where the steps are performed: the cast, and the cases so far by their number in the plan."""

    key: str
    cast: Cast
    matters: dict[str, Matter]
    units: dict[str, Unit]
    cases: dict[int, Case] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Return who acts."""
        return ACTORS.get(name) or self.cast.people[name]

    def case_key(self, index: int) -> str:
        """Return the key under which a case of the plan is reported, once."""
        return f"{self.key}:{index}"


def perform(steps: list[Step], stage: Stage, *, tell: Told, processes: int | None = None) -> int:
    """Perform what has not been performed yet, in the order of time; return how many steps that were."""
    _recall(stage, steps)
    left = [step for step in steps if not _is_done(stage, step)]
    if not left:
        return 0
    for number, (step, made) in enumerate(developed(left, processes=processes), start=1):
        _pass_time(step.at)
        _perform(stage, step, made)
        tell(number, len(left))
    return len(left)


def _recall(stage: Stage, steps: Iterable[Step]) -> None:
    """Find the cases that an earlier, interrupted run has made already."""
    reports = [step for step in steps if step.report is not None]
    keys = {f"{stage.actor(step.actor).actor_ref}:{stage.case_key(step.case)}": step.case for step in reports}
    for case in Case.objects.filter(idempotency_key__in=list(keys)):
        stage.cases[keys[str(case.idempotency_key)]] = case


def _is_done(stage: Stage, step: Step) -> bool:
    """Answer whether the case is past the step: its revision is 1 after the report and grows by 1 with each move."""
    case = stage.cases.get(step.case)
    return case is not None and case.revision > step.number


def _pass_time(to: datetime) -> None:
    """Let time pass: reminders and escalations that come before an instant are written at their own time."""
    while True:
        first = Duty.objects.filter(is_open=True, next_step_at__lt=to).order_by("next_step_at").first()
        if first is None or first.next_step_at is None:
            return
        remind(at=first.next_step_at, most=_AT_ONCE)


def _perform(stage: Stage, step: Step, made: Made) -> None:
    by = stage.actor(step.actor)
    evidence = [_stored(stage, step, by, name, data) for name, data in made]
    if step.report is not None:
        stage.cases[step.case] = _reported(stage, step, by, evidence)
        return
    try:
        stage.cases[step.case] = _moved(stage, step, by, evidence)
    except MoveNotAllowed:
        # A worker that runs beside the loading may verify by a photo of its own accord.
        case = Case.objects.get(pk=stage.cases[step.case].pk)
        if case.revision <= step.number:
            raise
        stage.cases[step.case] = case


def _stored(stage: Stage, step: Step, by: Actor, name: str, data: bytes) -> Evidence:
    source = step.report.source if step.report is not None else "upload"
    unit = stage.units[step.report.desk_unit] if step.report is not None else None
    return store(
        data,
        name=name,
        by=by,
        at=step.at,
        source=source,
        unit=unit,
        is_invented=True,
    ).evidence


def _reported(stage: Stage, step: Step, by: Actor, evidence: list[Evidence]) -> Case:
    told = step.report
    if told is None:
        raise ValueError("This step is no report.")
    return report(
        title=told.title,
        text=told.text,
        at=step.at,
        by=by,
        source=told.source,
        lon=told.lon,
        lat=told.lat,
        matter_code=told.matter,
        place_text=told.place_text,
        evidence=evidence,
        reporter_name=told.reporter_name,
        reporter_phone=told.reporter_phone,
        idempotency_key=stage.case_key(step.case),
        is_invented=True,
    )


def _moved(stage: Stage, step: Step, by: Actor, evidence: list[Evidence]) -> Case:
    """Make the move with what it takes."""
    case, at = stage.cases[step.case], step.at
    match step.move:
        case "accept":
            return moves.accept(case, matter=stage.matters[step.matter], by=by, at=at, expected=step.number)
        case "dispatch":
            unit = stage.units[step.unit]
            return moves.dispatch(case, unit=unit, note=step.words, by=by, at=at, expected=step.number)
        case "take":
            return moves.take(case, by=by, at=at, expected=step.number)
        case "handle":
            return moves.handle(case, text=step.words, evidence=evidence, by=by, at=at, expected=step.number)
        case "suspend":
            until_on = (at + _REST).date()
            return suspend(case, until_on=until_on, reason=step.words, by=by, at=at, expected=step.number)
        case "verify":
            return moves.verify(case, note=step.words, evidence=evidence, by=by, at=at, expected=step.number)
        case "refuse":
            return moves.refuse(
                case, reason=step.words, evidence=evidence, by=by, at=at, expected=step.number
            )
        case "close":
            return moves.close(case, note=step.words, by=by, at=at, expected=step.number)
        case _:
            with_reason = {"reject": moves.reject, "send_back": moves.send_back, "reopen": moves.reopen}
            return with_reason[step.move](case, reason=step.words, by=by, at=at, expected=step.number)
