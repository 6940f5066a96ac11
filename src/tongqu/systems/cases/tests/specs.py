"""The rules of cases as tables of examples: run by the tests, printed into docs/rules/cases.md.

Photos are told by the minutes after the handling at which they were taken, and by their distance from the place.
"""

from __future__ import annotations

from dataclasses import dataclass

from tongqu.kernel.workflow import Workflow
from tongqu.shared.region.rules import Role, UnitKind
from tongqu.systems.cases.rules.kinds import VerifyBy
from tongqu.systems.cases.rules.lifecycle import DEFAULT_ALLOWANCES, DUTY_IN, MOVES, Party, State, When
from tongqu.systems.cases.rules.parts import PART_DUTY, PART_MOVES, PartState
from tongqu.systems.cases.rules.proof import Lack


@dataclass(frozen=True)
class PartySpec:
    """A posting, a case, and what the holder is to it."""

    say: str
    role: Role
    kind: UnitKind
    unit: str
    territory: str
    party: Party | None
    place: str = "330803102"
    owner: str = "desk/zhzf/zhzf-qujiang/"
    decided_at: str = ""


CONDITIONS = {
    When.RETURNED_BEFORE: "a unit sent the case back before, whichever it was; closing and reopening do not change that",
    When.NOT_REGISTERED: "the case was neither registered nor dispatched before",
    When.SUSPENSION_ASKED: "the unit asked for a suspension that the desk has not decided on",
    When.NO_SUSPENSION_ASKED: "no such request waits",
    When.NOT_SPLIT: "the case has no parts that count; one that has is done with the last of them",
    When.REPORTER_VERIFIES: "the matter is verified by its reporter: whoever hears the reporter may write the word down",
    When.NOT_RATED: "this closing of the case has no rating yet",
    When.REPORTER_MAY_REOPEN: "the reporter has not opened the case again, and at most 15 days have passed since its closing (a setting)",
}

T, L = UnitKind.TERRITORY, UnitKind.LINE
PARTIES = (
    PartySpec("the desk of the prefecture", Role.DUTY_DESK, T, "desk/", "3308", Party.DESK),
    PartySpec("the desk of the county", Role.DUTY_DESK, T, "desk/qujiang/", "330803", Party.DESK),
    PartySpec("the desk of another county", Role.DUTY_DESK, T, "desk/longyou/", "330825", None),
    PartySpec("the desk of a township, for a case of the county", Role.DUTY_DESK, T, "x/", "330803102", None, place="330803"),
    PartySpec("a desk of the region, for a case without a place", Role.DUTY_DESK, T, "desk/", "3308", Party.DESK, place="3308"),
    PartySpec("a county's desk, for a case without a place", Role.DUTY_DESK, T, "desk/qujiang/", "330803", None, place="3308"),
    PartySpec("a handler of the unit that owns the case", Role.HANDLER, L, "desk/zhzf/zhzf-qujiang/", "330803", Party.OWNER),
    PartySpec("the head of that unit", Role.UNIT_HEAD, L, "desk/zhzf/zhzf-qujiang/", "330803", Party.OWNER),
    PartySpec("a handler of the unit above it", Role.HANDLER, L, "desk/zhzf/", "3308", None),
    PartySpec("a handler of another unit of the place", Role.HANDLER, T, "desk/qujiang/", "330803", None),
    PartySpec("a handler, of a case that nobody owns yet", Role.HANDLER, L, "desk/zhzf/", "3308", None, owner=""),
    PartySpec("an inspector over the place", Role.INSPECTOR, T, "desk/", "3308", Party.INSPECTOR),
    PartySpec("an inspector of a department", Role.INSPECTOR, L, "desk/zhzf/zhzf-qujiang/", "330803", None),
    PartySpec("an inspector of another county", Role.INSPECTOR, T, "desk/longyou/", "330825", None),
    PartySpec("a desk beside the case, in a dispute that its own unit decides", Role.DUTY_DESK, T, "x/", "330825", Party.COORDINATOR, decided_at="330825"),
    PartySpec("a handler of the unit that decides", Role.HANDLER, T, "x/", "330825", None, decided_at="330825"),
    PartySpec("an auditor", Role.AUDITOR, T, "desk/", "3308", None),
    PartySpec("the administrator of the region", Role.REGION_ADMIN, T, "desk/", "3308", None),
)  # fmt: skip


@dataclass(frozen=True)
class ProofSpec:
    """What an inspector brings, and what is still missing."""

    say: str
    method: VerifyBy
    lack: Lack | None
    minutes: int | None = None
    metres: float | None = None
    from_air: bool = False
    has_photo: bool = True
    has_note: bool = False
    place_known: bool = True


P, A, I, R = VerifyBy.PHOTO, VerifyBy.AIR, VerifyBy.INSPECTOR, VerifyBy.REPORTER  # noqa: E741
RADIUS_M = 100
PROOFS = (
    ProofSpec("taken after the work, near the place", P, None, 10, 99),
    ProofSpec("on the edge of the radius", P, None, 10, 100),
    ProofSpec("too far away", P, Lack.PHOTO, 10, 101),
    ProofSpec("taken at the moment of handling", P, Lack.PHOTO, 0, 10),
    ProofSpec("taken before the work", P, Lack.PHOTO, -10, 10),
    ProofSpec("no position in the photo", P, Lack.PHOTO, 10, None),
    ProofSpec("no time in the photo", P, Lack.PHOTO, None, 10),
    ProofSpec(
        "no position, for a case without a point: the time decides", P, None, 10, None, place_known=False
    ),
    ProofSpec("no photo at all, words only", P, Lack.PHOTO, has_photo=False, has_note=True),
    ProofSpec("from the air", A, None, 10, 50, from_air=True),
    ProofSpec("from the ground where the air is asked for", A, Lack.AIR_PHOTO, 10, 50),
    ProofSpec("from the air, but older", A, Lack.AIR_PHOTO, -10, 50, from_air=True),
    ProofSpec("an inspector's words", I, None, has_photo=False, has_note=True),
    ProofSpec("an inspector's photo, wherever taken", I, None, -10, None),
    ProofSpec("nothing from the inspector", I, Lack.NOTE, has_photo=False),
    ProofSpec("the reporter's words", R, None, has_photo=False, has_note=True),
    ProofSpec("a photo instead of the reporter's words", R, Lack.WORD, 10, 10),
)


def _table(heads: str, rows: list[tuple[object, ...]]) -> list[str]:
    names = [head.strip() for head in heads.split("|")]
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    return [*lines, *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows), ""]


def _moves(table: Workflow, order: list[str]) -> list[tuple[object, ...]]:
    return [
        (f"`{m.name}`", ", ".join(sorted(m.from_states, key=order.index)), m.to_state, ", ".join(sorted(m.by)), m.when)
        for m in table.moves
    ]  # fmt: skip


def _photo(spec: ProofSpec) -> str:
    minutes = "?" if spec.minutes is None else spec.minutes
    metres = "?" if spec.metres is None else spec.metres
    return f"{minutes} min, {metres} m" if spec.has_photo else "—"


def rules_page() -> str:
    """Return docs/rules/cases.md."""
    return "\n".join(
        [
            "# Rules of cases",
            "",
            "Generated from `src/tongqu/systems/cases/tests/specs.py` by `scripts/cases-rules`; the same rows are run as tests.",
            "",
            "## The life cycle",
            "",
            "Every move there is: from which states, to which, and by whom. Nothing else is possible. A row with a condition",
            "holds where the condition is fulfilled, and then before the row of the same move without one.",
            "",
            *_table("move | from | to | by | when", _moves(MOVES, list(State))),
            *_table("condition | fulfilled", list(CONDITIONS.items())),
            "`separate` leads back to the state in which the case was joined; a case joined to another owes nothing itself.",
            "",
            "Who handled a case may neither verify nor refuse it. `system` is the system itself, on a newer photo or a day that has",
            "come. `reporter` is whoever holds the tracking code.",
            "",
            "## The parts of a case that several units handle",
            "",
            "`owner` is the unit of the part. `refuse` is made with the checklist of the whole. An open part has exactly one duty.",
            "",
            *_table("move | from | to | by | when", _moves(PART_MOVES, list(PartState))),
            *_table("state of a part | duty", list(PART_DUTY.items())),
            "## The main duty of each open state",
            "",
            "Every open case has exactly one owner, the desk, a unit or the inspectors, through exactly one open main duty: that of its",
            "state. While a case is suspended the clock of that duty stands still. An ended case has none. Beside the main duty of a",
            "handled case whose matter is verified from the air stands the duty `fly`: it has half of the time for the check, and ends",
            "when a photo from the air proves the work, when the check is done otherwise, or when the case goes another way.",
            "",
            *_table("state | duty | time without a matter", [(s, k, DEFAULT_ALLOWANCES[k]) for s, k in DUTY_IN.items()]),
            "The desk of a place is the nearest unit over it in which somebody is posted to the duty desk. A dispute is decided",
            "by the next such unit over that one, in a larger territory; where there is none above, by the desk of the place.",
            "",
            "## What somebody is to a case",
            "",
            "`place` is the code prefix of the case's division, `owner` the path of the unit it was sent to, `decides` the",
            "division of the unit that owes the decision of a dispute.",
            "",
            *_table(
                "who | role | kind of unit | unit | its territory | place | owner | decides | party",
                [(s.say, s.role, s.kind, s.unit, s.territory, s.place, s.owner or "—", s.decided_at or "—",
                  s.party or "—") for s in PARTIES],
            ),
            "## What shows that the work is done",
            "",
            f"A photo counts when it was taken after the handling and within the matter's radius (here {RADIUS_M} m).",
            "",
            *_table(
                "what is brought | matter verified by | photo: after handling, distance | from the air | words | missing",
                [
                    (s.say, s.method, _photo(s), "yes" if s.from_air else "",
                     "yes" if s.has_note else "", s.lack or "nothing")
                    for s in PROOFS
                ],
            ),
        ]
    )  # fmt: skip
