"""The plan: the same for the same seed, in the order of time, within what the life cycle allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tongqu.demo.scenes.camera import Lens
from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.shot import Place, Shot
from tongqu.demo.story.develop import developed
from tongqu.demo.story.life import AFTER, WAITING, course, times, waits_in
from tongqu.demo.story.papers import print_paper
from tongqu.demo.story.steps import Paper, Photo, Step
from tongqu.demo.story.tales.all import TALES
from tongqu.demo.story.tales.tale import said
from tongqu.demo.story.working import Pace, hours_of
from tongqu.kernel.calendar import Allowance, WorkCalendar, parse_spans
from tongqu.shared.evidence.analytics.contents import inspect
from tongqu.systems.cases.actions.matters import STANDARD_LIST
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.lifecycle import MOVES, State, conditions

PACE = Pace(WorkCalendar(ZoneInfo("Asia/Shanghai"), parse_spans("08:30-12:00,14:00-17:30")))
WEDNESDAY = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)


def test_every_course_is_a_path_through_the_life_cycle() -> None:
    for seed in range(400):
        state = State.REPORTED
        for due in course(np.random.default_rng(seed), 0.6):
            row = MOVES.find(state, due.move, conditions())
            assert row is not None, f"{due.move} from {state}, seed {seed}"
            state = row.to_state
            assert AFTER[due.move] is state
        assert state in (State.CLOSED, State.REJECTED)


@pytest.mark.parametrize("state", WAITING)
def test_a_course_can_be_stopped_in_every_waiting_state(state: State) -> None:
    moves = waits_in([d for d in course(np.random.default_rng(1), 0.6) if d.move != "reject"], state)
    reached, returns = State.REPORTED, 0
    for due in moves:
        reached = State(MOVES.target(reached, due.move, conditions(returns=returns)))
        returns += due.move == "send_back"
    assert reached is state


def test_the_instants_of_a_course_come_one_after_the_other() -> None:
    found = [at for _, at in times(PACE, WEDNESDAY, course(np.random.default_rng(5), 0.6), Matter())]
    assert found == sorted(found)
    assert found[0] > WEDNESDAY


@pytest.mark.parametrize(
    ("allowance", "share", "hours"),
    [("4wh", 0.5, 2.0), ("1wd", 1.0, 24.0), ("2h", 1.5, 3.0), ("1d", 0.5, 12.0)],
)
def test_a_share_of_an_allowance_is_working_time(allowance: str, share: float, hours: float) -> None:
    """From ten o'clock, two working hours end at noon, and a working day at ten of the next."""
    after = PACE.after(WEDNESDAY, Allowance.parse(allowance), share)
    assert after - WEDNESDAY == timedelta(hours=hours)
    assert PACE.used(WEDNESDAY, after, Allowance.parse(allowance)) == pytest.approx(share, abs=0.02)


def test_allowances_are_counted_in_their_own_hours() -> None:
    assert hours_of(Allowance.parse("7d")) == 168


def test_every_tale_is_of_a_matter_of_the_list_and_fills_all_its_gaps() -> None:
    listed = {line.split(",", 1)[0] for line in STANDARD_LIST.read_text(encoding="utf-8").splitlines()}
    rng = np.random.default_rng(0)
    for tale in TALES:
        assert tale.matter in listed
        for templates in (tale.reports, tale.handled, tale.verified, tale.refused, tale.returned):
            for template in templates:
                for ground in tale.places:
                    assert "{" not in said(rng, (template,), ground)


def test_a_paper_is_a_document_that_evidence_accepts() -> None:
    paper = Paper("demo-0001-handling1-1.pdf", "路灯处置回执", Ground.STREET, WEDNESDAY)
    found = inspect(print_paper(paper), paper.name, largest=10**6, most_pixels=10**6)
    assert found.file_type.media_type == "application/pdf"
    assert print_paper(paper) == print_paper(paper)
    assert "虚构".encode("utf-16-be").hex().encode() in print_paper(paper)


def test_photos_made_by_other_processes_are_the_same_and_in_order() -> None:
    place = Place(4, 118.87, 28.97, Ground.PADDY)
    steps = [
        Step(
            WEDNESDAY + timedelta(minutes=number),
            number,
            0,
            "report",
            "@patrol",
            exhibits=(Photo(f"{number}.jpg", Shot(place, WEDNESDAY, lens=Lens(width=160, height=120))),)
            if number % 2
            else (),
        )
        for number in range(4)
    ]
    here = list(developed(steps, processes=0))
    assert list(developed(steps, processes=1)) == here
    assert [len(made) for _, made in here] == [0, 1, 0, 1]
