"""The rules and the proof of responsibility lists: windows, who decides, planted holes and conflicts, the slow twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tongqu.systems.cases.analytics.routing import GRADES, Fault, Matrix
from tongqu.systems.cases.analytics.time_axis import Span, TimeAxis
from tongqu.systems.cases.rules.routing import Ask, Entry, Verdict, decide
from tongqu.systems.cases.rules.windows import DAY_KINDS, BadWindow, Moment, Window

MATTERS = [(f"M{number}", f"K{number // 3}") for number in range(6)]
"""Six matters in two classes."""
DIVISIONS = ["3308", "330803", "330803102", "330803103", "330825", "330825105"]
NOON = Moment(2, True, 720, 250)


def matrix(*entries: Entry, divisions: list[str] = DIVISIONS) -> Matrix:
    return Matrix(entries, matters=MATTERS, divisions=divisions)


def window(text: str) -> Window:
    return Window.parse(text)


# ── Windows ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class WindowSpec:
    text: str
    moment: Moment
    holds: bool


@pytest.mark.parametrize(
    "spec",
    [
        WindowSpec("workdays", Moment(5, True, 0, 0), True),
        WindowSpec("workdays", Moment(0, False, 0, 0), False),
        WindowSpec("offdays", Moment(0, False, 0, 0), True),
        WindowSpec("mon-fri", Moment(0, False, 0, 0), True),
        WindowSpec("sat,sun", Moment(4, True, 0, 0), False),
        WindowSpec("22:00-06:00", Moment(0, True, 1320, 0), True),
        WindowSpec("22:00-06:00", Moment(0, True, 360, 0), False),
        WindowSpec("08:30-24:00", Moment(0, True, 1439, 0), True),
        WindowSpec("10-01..04-30", Moment(0, True, 0, 0), True),
        WindowSpec("10-01..04-30", Moment(0, True, 0, 121), False),
        WindowSpec("04-15..10-15", Moment(0, True, 0, 200), True),
        WindowSpec("sat 22:00-06:00 12-01..02-29", Moment(5, False, 100, 59), True),
        WindowSpec("sat 22:00-06:00 12-01..02-29", Moment(6, False, 100, 59), False),
    ],
)
def test_when_a_window_holds(spec: WindowSpec) -> None:
    assert window(spec.text).holds(spec.moment) is spec.holds
    assert str(window(str(window(spec.text)))) == str(window(spec.text))


@pytest.mark.parametrize(
    "text", ["noon", "workdays offdays", "22:00-22:00", "24:30-25:00", "08:00-24:30", "13-01..14-01", "02-30..03-01", "mon-xyz"]
)  # fmt: skip
def test_texts_that_are_no_window(text: str) -> None:
    with pytest.raises(BadWindow, match="are not times"):
        window(text)


# ── Who decides ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        (Entry(1, "a", "330803102"), Entry(2, "b", "330803", matter="M0", grade="urgent", window=window("mon"))),
        (Entry(1, "a", "330803", matter="M0"), Entry(2, "b", "330803", class_code="K0", grade="urgent")),
        (Entry(1, "a", "330803", class_code="K0"), Entry(2, "b", "330803", grade="urgent", window=window("mon-sun"))),
        (Entry(1, "a", "330803", grade="urgent"), Entry(2, "b", "330803", window=window("workdays"))),
        (Entry(1, "a", "330803", window=window("workdays 08:00-18:00")), Entry(2, "b", "330803", window=window("workdays"))),
        (Entry(1, "a", "330803", window=window("workdays")), Entry(2, "b", "330803")),
    ],
)  # fmt: skip
def test_the_more_particular_entry_decides(stronger: Entry, weaker: Entry) -> None:
    ask = Ask(
        "M0",
        "K0",
        "330803102",
        "urgent",
        NOON if "mon" not in str(weaker.window) else Moment(0, True, 720, 0),
    )
    decision = decide([weaker, stronger], ask)
    assert (decision.entry, decision.beaten) == (stronger, (weaker,))


def test_a_clash_names_all_and_the_less_particular_stand_behind() -> None:
    one, two, wide = Entry(3, "a", "330803"), Entry(7, "b", "330803"), Entry(1, "c", "3308")
    decision = decide([wide, two, one], Ask("M0", "K0", "330803102", "serious", NOON))
    assert (decision.entries, decision.beaten, decision.entry) == ((one, two), (wide,), None)


# ── Twenty planted faults ───────────────────────────────────────────────────────────────────────────────────────

WHOLE = Entry(1, "desk", "3308")
COUNTY = Entry(2, "zhzf-qujiang", "330803", class_code="K0")
TOWN = Entry(3, "lianhua", "330803102", matter="M0")
SOUND = (WHOLE, COUNTY, TOWN)
Q = ("330803", "330803102", "330803103")
L = ("330825", "330825105")
ALL = tuple(DIVISIONS)
M = tuple(code for code, _class_code in MATTERS)


def gone(*numbers: int, plus: tuple[Entry, ...] = ()) -> tuple[Entry, ...]:
    return (*(entry for entry in SOUND if entry.number not in numbers), *plus)


def add(*plus: Entry) -> tuple[Entry, ...]:
    return (*SOUND, *plus)


def hole(matters: tuple[str, ...] = M, divisions: tuple[str, ...] = ALL, **more: object) -> Fault:
    return Fault(Verdict.HOLE, matters, divisions, **{"grades": GRADES, **more})  # type: ignore[arg-type]


def clash(
    *numbers: int, matters: tuple[str, ...] = M, divisions: tuple[str, ...] = ALL, **more: object
) -> Fault:
    return Fault(Verdict.CONFLICT, matters, divisions, numbers=numbers, **{"grades": GRADES, **more})  # type: ignore[arg-type]


EVERY_DAY = tuple(range(14))
WORKDAYS = tuple(place for place, (_day, works) in enumerate(DAY_KINDS) if works)
YEAR, DAY = ((0, 365),), ((0, 1440),)
PLANTED: dict[str, tuple[tuple[Entry, ...], tuple[Fault, ...]]] = {
    "an empty list": ((), (hole(),)),
    "one matter of a class not named anywhere": (
        (Entry(1, "a", "3308", class_code="K0"), *(Entry(n, "a", "3308", matter=f"M{n}") for n in (3, 5))), (hole(("M4",)),)),
    "a whole class not named": ((Entry(1, "a", "3308", class_code="K0"),), (hole(("M3", "M4", "M5")),)),
    "one county without a lead": (
        (Entry(1, "a", "330803"), Entry(2, "a", "3308", class_code="K1")), (hole(("M0", "M1", "M2"), ("3308", *L)),)),
    "a place of its own, its townships named": (
        tuple(Entry(n, "a", path) for n, path in enumerate(("330803102", "330803103", "330825"))), (hole(M, ("3308", "330803")),)),
    "one township forgotten": (
        (Entry(1, "a", "330803102"), Entry(2, "a", "330825"), Entry(3, "a", "3308", class_code="K0"), Entry(4, "a", "3308", matter="M3"),
         Entry(5, "a", "3308", matter="M4")), (hole(("M5",), ("3308", "330803", "330803103")),)),
    "one grade forgotten": (
        (Entry(1, "a", "3308", grade="ordinary"), Entry(2, "a", "3308", grade="urgent")), (hole(grades=("serious",)),)),
    "one grade forgotten in one place for one matter": (
        gone(1, plus=(Entry(4, "a", "3308", class_code="K1"), Entry(5, "a", "3308", class_code="K0", grade="urgent"),
                      Entry(6, "a", "330825", class_code="K0", grade="ordinary"), Entry(7, "a", "3308", grade="ordinary"),
                      Entry(8, "a", "3308", matter="M1"), Entry(9, "a", "3308", matter="M2"))),
        (hole(("M0",), ("3308", *L), grades=("serious",)),)),
    "the night forgotten": (
        gone(1, plus=(Entry(4, "a", "3308", window=window("06:00-22:00")),)),
        (hole(("M0", "M1", "M2"), ("3308", *L), when=(Span(EVERY_DAY, YEAR, ((0, 360), (1320, 1440))),)),
         hole(("M3", "M4", "M5"), when=(Span(EVERY_DAY, YEAR, ((0, 360), (1320, 1440))),)))),
    "days off forgotten": (
        (Entry(1, "a", "3308", window=window("workdays")),),
        (hole(when=(Span(tuple(d for d in EVERY_DAY if d not in WORKDAYS), YEAR, DAY),)),)),
    "the winter forgotten": (
        (Entry(1, "a", "3308", window=window("04-01..10-31")),), (hole(when=(Span(EVERY_DAY, ((0, 90), (305, 365)), DAY),)),)),
    "weekend nights forgotten": (
        (Entry(1, "a", "3308", window=window("mon-fri")), Entry(2, "a", "3308", window=window("sat,sun 06:00-22:00"))),
        (hole(when=(Span((10, 11, 12, 13), YEAR, ((0, 360), (1320, 1440))),)),)),
    "two leads for everything": (add(Entry(4, "b", "3308")),
        (clash(1, 4, matters=("M0", "M1", "M2"), divisions=("3308", *L)), clash(1, 4, matters=("M3", "M4", "M5")))),
    "the same said twice": (add(replace(TOWN, number=4)), (clash(3, 4, matters=("M0",), divisions=("330803102",)),)),
    "two leads for a class in a county": (
        add(Entry(4, "b", "330803", class_code="K0")),
        (clash(2, 4, matters=("M0",), divisions=("330803", "330803103")), clash(2, 4, matters=("M1", "M2"), divisions=Q))),
    "three leads for a matter": (
        add(*(Entry(n, "b", "330825", matter="M5") for n in (4, 5, 6))), (clash(4, 5, 6, matters=("M5",), divisions=L),)),
    "two leads for one grade": (
        add(Entry(4, "a", "330825", grade="urgent"), Entry(5, "b", "330825", grade="urgent")),
        (clash(4, 5, divisions=L, grades=("urgent",)),)),
    "two windows that overlap": (
        add(Entry(4, "a", "330825", window=window("20:00-06:00")), Entry(5, "b", "330825", window=window("05:00-21:00"))),
        (clash(4, 5, divisions=L, when=(Span(EVERY_DAY, YEAR, ((300, 360), (1200, 1260))),)),)),
    "a window of days against one of hours": (
        add(Entry(4, "a", "330825105", matter="M2", window=window("workdays")),
            Entry(5, "b", "330825105", matter="M2", window=window("22:00-06:00"))),
        (clash(4, 5, matters=("M2",), divisions=("330825105",), when=(Span(WORKDAYS, YEAR, ((0, 360), (1320, 1440))),)),)),
    "two leads for a village inside a sound township": (
        add(Entry(4, "a", "330803103201"), Entry(5, "b", "330803103201")), (clash(4, 5, divisions=("330803103201",)),)),
    "a hole and a clash together": (
        gone(1, plus=(Entry(4, "a", "330825", matter="M1"), Entry(5, "b", "330825", matter="M1"), Entry(6, "a", "3308", class_code="K1"))),
        (hole(("M0", "M2"), ("3308", *L)), hole(("M1",), ("3308",)), clash(4, 5, matters=("M1",), divisions=L))),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_found_and_named(name: str) -> None:
    entries, expected = PLANTED[name]
    named = sorted({*DIVISIONS, *(entry.division for entry in entries)})
    proof = matrix(*entries, divisions=named).proof
    assert {replace(fault, cells=0) for fault in proof.faults} == set(expected)
    assert not proof.holds
    assert sum(fault.cells for fault in proof.faults) == proof.holes + proof.conflicts


def test_a_sound_list_has_no_fault_and_says_what_lies_idle() -> None:
    unheard = Entry(4, "b", "330803102", class_code="K9")
    covered = [Entry(6 + n, "b", "330825105", matter=code) for n, code in enumerate(M)]
    covered.append(Entry(5, "b", "330825105", grade="urgent", class_code="K0"))
    retired = [Entry(number, "b", "3308", matter="gone") for number in (20, 21)]
    proof = matrix(*SOUND, unheard, *covered, *retired).proof
    assert (proof.holds, proof.faults, proof.idle) == (True, (), (4, 5, 20, 21))


# ── The slow twin ───────────────────────────────────────────────────────────────────────────────────────────────

WINDOWS = some.sampled_from(
    [
        "",
        "",
        "workdays",
        "offdays",
        "22:00-06:00",
        "08:00-18:00",
        "sat,sun",
        "10-01..04-30",
        "workdays 08:00-18:00",
    ]
).map(window)


@some.composite
def entries_of(draw: Callable[[some.SearchStrategy[object]], object], most: int = 9) -> list[Entry]:
    made: list[Entry] = []
    for number in range(draw(some.integers(0, most))):  # type: ignore[call-overload]
        names = draw(
            some.sampled_from(
                [{}, {"matter": "M0"}, {"matter": "M4"}, {"class_code": "K0"}, {"class_code": "K1"}]
            )
        )
        more = {"grade": draw(some.sampled_from(["", "", "urgent"])), "window": draw(WINDOWS)}
        place = draw(some.sampled_from(DIVISIONS))
        made.append(Entry(number, f"unit{number}", str(place), **{**names, **more}))  # type: ignore[dict-item]
    return made


def asks(painted: Matrix) -> list[Ask]:
    """One question for each cell."""
    moments = [painted.times.example(place) for place in range(painted.times.size)]
    return [
        Ask(matter, class_code, division, grade, moment)
        for (matter, class_code), division, grade, moment in product(MATTERS, DIVISIONS, GRADES, moments)
    ]


@settings(max_examples=40)
@given(entries_of())
def test_the_proof_agrees_with_its_slow_twin(entries: list[Entry]) -> None:
    painted = matrix(*entries)
    verdicts = []
    for ask in asks(painted):
        slow = decide(entries, ask)
        fast = painted.find(ask.matter, ask.division, ask.grade, ask.moment)
        assert fast == (slow.verdict, slow.entry)
        verdicts.append(slow.verdict)
    proof = painted.proof
    assert (proof.cells, proof.holes) == (len(verdicts), verdicts.count(Verdict.HOLE))
    assert proof.conflicts == verdicts.count(Verdict.CONFLICT)
    assert sum(fault.cells for fault in proof.faults) == proof.holes + proof.conflicts


@settings(max_examples=40)
@given(entries_of(), entries_of(most=1))
def test_another_entry_never_makes_a_hole(entries: list[Entry], more: list[Entry]) -> None:
    added = [replace(entry, number=100) for entry in more]
    before, after = matrix(*entries), matrix(*entries, *added)
    for ask in asks(after):
        verdict, _entry = before.find(ask.matter, ask.division, ask.grade, ask.moment)
        if verdict is not Verdict.HOLE:
            assert after.find(ask.matter, ask.division, ask.grade, ask.moment)[0] is not Verdict.HOLE


@settings(max_examples=40)
@given(entries_of(), some.permutations(range(9)))
def test_the_order_of_entries_is_without_meaning(entries: list[Entry], order: list[int]) -> None:
    shuffled = sorted(entries, key=lambda entry: order[entry.number])
    assert set(matrix(*shuffled).proof.faults) == set(matrix(*entries).proof.faults)


@given(
    some.lists(WINDOWS, max_size=4),
    some.builds(Moment, some.integers(0, 6), some.booleans(), some.integers(0, 1439), some.integers(0, 365)),
)
def test_moments_of_one_class_are_alike_to_all_windows(windows: list[Window], moment: Moment) -> None:
    axis = TimeAxis([window(""), *windows])
    alike = axis.example(axis.of(moment))
    assert [w.holds(alike) for w in windows] == [w.holds(moment) for w in windows]


def test_villages_are_found_through_what_lies_around_them() -> None:
    painted = matrix(*SOUND)
    assert painted.find("M0", "330803102201", "ordinary", NOON) == (Verdict.LEAD, TOWN)
    with pytest.raises(KeyError):
        painted.find("M0", "440100", "ordinary", NOON)
