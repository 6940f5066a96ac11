"""A worker process that is killed, asked to end, or asked to stop a job leaves nothing half-done."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.reliability.house import Fresh, House

STEPS = 12
GATE = 5


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house, built once for these tests."""
    with Fresh(os.environ.get("TONGQU_DATABASE_URL", "")) as url:
        found = House(tmp_path_factory.mktemp("worker") / "home", url)
        try:
            found.call("-m", "django", "migrate", "--run-syncdb", "-v", "0")
            yield found
        finally:
            found.close()


@pytest.fixture
def house(built: House) -> House:
    """The house with one running worker."""
    if "worker" not in built.running or built.workers != 1:
        built.workers = 1
        built.start("worker")
    return built


def numbers(found: dict[str, list[list[int]]]) -> list[int]:
    return [number for number, _ in found["steps"]]


@pytest.mark.kill
def test_a_killed_worker_s_job_is_taken_over_and_goes_on(house: House) -> None:
    job_id = house.inside("climbing", "start", "killed", STEPS, GATE)
    house.kill("worker")
    house.start("worker")
    found = house.inside("climbing", "finish", "killed", job_id)
    assert (found["state"], found["attempts"]) == ("done", 2)
    assert found["steps"] == [[number, 1 if number < GATE else 2] for number in range(STEPS)]


@pytest.mark.kill
def test_a_worker_that_is_asked_to_end_puts_its_job_back_without_counting(house: House) -> None:
    job_id = house.inside("climbing", "start", "ended", STEPS, GATE)
    worker = house.running.pop("worker")
    begun = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=60) == 0
    assert time.monotonic() - begun < 30
    assert house.inside("climbing", "wait", job_id, GATE, ["waiting"]) == ["waiting", GATE, 0]
    assert house.inside("climbing", "pids") == []
    house.start("worker")
    found = house.inside("climbing", "finish", "ended", job_id)
    assert (found["state"], found["attempts"], numbers(found)) == ("done", 1, list(range(STEPS)))


@pytest.mark.kill
def test_a_running_job_is_stopped_and_resumed(house: House) -> None:
    job_id = house.inside("climbing", "start", "stopped", STEPS, GATE)
    assert house.inside("climbing", "stop", job_id)[:2] == ["stopped", GATE]
    found = house.inside("climbing", "finish", "stopped", job_id)
    assert found["state"] == "done"
    assert numbers(found) == list(range(STEPS))


@pytest.mark.kill
def test_worker_processes_that_die_are_started_again(house: House) -> None:
    house.kill("worker")
    house.workers = 2
    house.start("worker")
    job_id = house.inside("climbing", "start", "brood", STEPS, GATE)
    for pid in house.inside("climbing", "pids"):
        # The children of this house's own worker; their parent starts others.
        os.kill(pid, signal.SIGKILL)
    found = house.inside("climbing", "finish", "brood", job_id)
    assert found["state"] == "done"
    assert numbers(found) == list(range(STEPS))
