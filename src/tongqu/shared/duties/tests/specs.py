"""The rules of duties as tables of examples: run by the tests, printed into docs/rules/duties.md.

Times are local (Asia/Shanghai), people work from 08:30 to 12:00 and from 14:00 to 17:30, and 16 September 2026 is a
Wednesday.
"""

from __future__ import annotations

from dataclasses import dataclass

from tongqu.shared.duties.rules import (
    DEFAULT_STEPS,
    DEFAULT_THRESHOLDS,
    Act,
    Audience,
    Lamp,
    Party,
    State,
    Thresholds,
)

B, Y, R = Lamp.BLUE, Lamp.YELLOW, Lamp.RED
LENIENT = Thresholds(yellow_share=0.9, red_days_late=2)
PATIENT = Thresholds(yellow_slip_days=5, red_slip_days=20)


@dataclass(frozen=True)
class LampSpec:
    """A duty opened at one time, looked at at another."""

    say: str
    allowance: str
    opened: str
    looked: str
    lamp: Lamp
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    forecast: str = ""
    pause: tuple[str, str] | None = None


LAMPS = (
    LampSpec("just opened", "7wh", "09-16 10:00", "09-16 10:00", B),
    LampSpec("under 70 % of seven hours used", "7wh", "09-16 10:00", "09-16 16:53", B),
    LampSpec("70 % used (4.9 hours)", "7wh", "09-16 10:00", "09-16 16:54", Y),
    LampSpec("the night does not count", "7wh", "09-16 10:00", "09-17 08:30", Y),
    LampSpec("the last minute before due", "7wh", "09-16 10:00", "09-17 09:59", Y),
    LampSpec("due", "7wh", "09-16 10:00", "09-17 10:00", R),
    LampSpec("three working days run over the weekend", "3wd", "09-17 10:00", "09-21 17:00", Y),
    LampSpec("due on Tuesday", "3wd", "09-17 10:00", "09-22 10:00", R),
    LampSpec("a holiday (25 September) does not count", "1wd", "09-24 10:00", "09-28 09:59", Y),
    LampSpec("and is due after it", "1wd", "09-24 10:00", "09-28 10:00", R),
    LampSpec("clock hours count through the night", "4h", "09-16 20:00", "09-16 22:47", B),
    LampSpec("and turn yellow at 70 %", "4h", "09-16 20:00", "09-16 22:48", Y),
    LampSpec("and are due at midnight", "4h", "09-16 20:00", "09-17 00:00", R),
    LampSpec("red two working days late by its rule: due is yellow", "1wd", "09-16 10:00", "09-17 10:00", Y, LENIENT),
    LampSpec("one working day late is yellow still", "1wd", "09-16 10:00", "09-18 10:00", Y, LENIENT),
    LampSpec("two working days late is red", "1wd", "09-16 10:00", "09-21 10:00", R, LENIENT),
    LampSpec("a forecast in time changes nothing", "10wd", "09-16 10:00", "09-16 12:00", B, forecast="09-25 10:00"),
    LampSpec("a forecast one day late is yellow", "2wd", "09-16 10:00", "09-16 12:00", Y, forecast="09-19 10:00"),
    LampSpec("a forecast ten days late is red", "2wd", "09-16 10:00", "09-16 12:00", R, forecast="09-28 10:00"),
    LampSpec("unless its rule is more patient", "2wd", "09-16 10:00", "09-16 12:00", Y, PATIENT, forecast="09-28 10:00"),
    LampSpec("paused after one hour: blue the next week", "7wh", "09-16 10:00", "09-23 10:00", B, pause=("09-16 11:00", "")),
    LampSpec("resumed the next week: six hours are left", "7wh", "09-16 10:00", "09-23 16:29", Y, pause=("09-16 11:00", "09-23 09:00")),
    LampSpec("and used up", "7wh", "09-16 10:00", "09-23 17:00", R, pause=("09-16 11:00", "09-23 09:00")),
    LampSpec("paused when red stays red", "7wh", "09-16 10:00", "09-23 10:00", R, pause=("09-17 11:00", "")),
)  # fmt: skip


@dataclass(frozen=True)
class StepSpec:
    """Which steps a duty of seven working hours, opened at 10:00 on the 16th, has taken by a time."""

    say: str
    looked: str
    steps: tuple[str, ...]


ESCALATION = (
    StepSpec("half of the time is used at 15:30", "09-16 15:29", ()),
    StepSpec("the owner is reminded", "09-16 15:30", ("50%:owner",)),
    StepSpec("again at 80 %", "09-17 08:36", ("50%:owner", "80%:owner")),
    StepSpec(
        "when due, the head of the unit hears of it",
        "09-17 10:00",
        ("50%:owner", "80%:owner", "100%:head", "100%:owner"),
    ),
    StepSpec(
        "one working day late, the supervising unit",
        "09-18 10:00",
        ("50%:owner", "80%:owner", "100%:head", "100%:owner", "100%+1:owner", "100%+1:supervisor"),
    ),
)


@dataclass(frozen=True)
class ActSpec:
    """Who may do what to the county department's duty."""

    act: Act
    states: frozenset[State]
    by: frozenset[Party]


OPEN = frozenset({State.RUNNING, State.PAUSED})
RUNNING = frozenset({State.RUNNING})
ACTS = (
    ActSpec(Act.MEET, OPEN, frozenset({Party.HANDLER, Party.HEAD})),
    ActSpec(Act.CANCEL, OPEN, frozenset({Party.SUPERVISOR})),
    ActSpec(Act.PAUSE, RUNNING, frozenset({Party.HEAD, Party.SUPERVISOR})),
    ActSpec(Act.RESUME, frozenset({State.PAUSED}), frozenset(Party)),
    ActSpec(Act.TRANSFER, OPEN, frozenset({Party.HEAD, Party.SUPERVISOR})),
    ActSpec(Act.ASK_EXTENSION, RUNNING, frozenset({Party.HANDLER, Party.HEAD})),
    ActSpec(Act.DECIDE_EXTENSION, OPEN, frozenset({Party.SUPERVISOR})),
    ActSpec(Act.FORECAST, OPEN, frozenset(Party)),
    ActSpec(Act.NOTE_RETURN, OPEN, frozenset({Party.SUPERVISOR})),
)

PEOPLE = {
    "desk_officer": {Party.SUPERVISOR},
    "county_leader": {Party.SUPERVISOR},
    "department_head": {Party.HEAD},
    "department_officer": {Party.HANDLER},
    "township_clerk": set(),
    "inspector": set(),
    "auditor": set(),
    "region_admin": set(),
    "villager": set(),
    "outsider": set(),
}
"""What each of the people is to a duty of the county department."""


def rules_page() -> str:
    """Return the tables as a page of the docs."""
    lines = [
        "# Rules of duties",
        "",
        "Generated from `src/tongqu/shared/duties/tests/specs.py` by `scripts/duty-rules`; the same rows are run as tests.",
        "Times are local; people work 08:30–12:00 and 14:00–17:30; 16 September 2026 is a Wednesday, the 25th a holiday.",
        "",
        "## Lamps",
        "",
        f"Without a rule of its own a kind turns yellow at {DEFAULT_THRESHOLDS.yellow_share:.0%} of its time and red "
        f"{DEFAULT_THRESHOLDS.red_days_late} working days after due; a forecast that slips by "
        f"{DEFAULT_THRESHOLDS.yellow_slip_days} day turns it yellow, by {DEFAULT_THRESHOLDS.red_slip_days} days red.",
        "",
        "| case | allowance | opened | looked at | lamp | rule, forecast, pause |",
        "|---|---|---|---|---|---|",
        *(_lamp_row(spec) for spec in LAMPS),
        "",
        "## Reminders and escalation",
        "",
        f"The built-in steps: {', '.join(f'`{step.key}`' for step in DEFAULT_STEPS)}.",
        f"Audiences: {', '.join(audience.value for audience in Audience)}. A duty of `7wh`, opened at 09-16 10:00:",
        "",
        "| case | looked at | steps taken |",
        "|---|---|---|",
        *(f"| {s.say} | {s.looked} | {', '.join(f'`{k}`' for k in s.steps) or 'none'} |" for s in ESCALATION),
        "",
        "## Acts",
        "",
        "| act | while | by |",
        "|---|---|---|",
        *(f"| {s.act.value} | {', '.join(sorted(s.states))} | {', '.join(sorted(s.by))} |" for s in ACTS),
        "",
    ]
    return "\n".join(lines)


def _lamp_row(spec: LampSpec) -> str:
    extras = []
    if spec.thresholds != DEFAULT_THRESHOLDS:
        t = spec.thresholds
        extras.append(
            f"yellow at {t.yellow_share:.0%}, red {t.red_days_late} days late, slips {t.yellow_slip_days}/{t.red_slip_days}"
        )
    if spec.forecast:
        extras.append(f"forecast {spec.forecast}")
    if spec.pause:
        extras.append(f"paused {spec.pause[0]} to {spec.pause[1] or 'now'}")
    return f"| {spec.say} | {spec.allowance} | {spec.opened} | {spec.looked} | {spec.lamp.value} | {'; '.join(extras)} |"
