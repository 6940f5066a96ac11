"""Runs inside a house: queue, watch and stop the job of many steps."""

import time

from tests.reliability.tally.jobs import gate
from tests.reliability.tally.models import Step
from tongqu.shared.jobs.actions import ask_to_stop, enqueue, try_again
from tongqu.shared.jobs.queries import job, workers


def start(name: str, steps: int, gate_at: int) -> str:
    """Queue a climb and wait until it stands at its gate, half-way."""
    job_id = enqueue("tally.climb", name=name, steps=steps, gate_at=gate_at)
    wait(job_id, gate_at, ["running"])
    return job_id


def wait(job_id: str, steps: int, states: list[str]) -> list[object]:
    """Wait until the job stands in one of the states and reported so many steps; return how it stands."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        view = job(job_id)
        if view is not None and view.state in states and (view.done or 0) >= steps:
            return [view.state, view.done, view.attempts]
        time.sleep(0.05)
    raise AssertionError(f"still {view}")


def stop(job_id: str) -> list[object]:
    """Ask it to stop, and wait until it does."""
    ask_to_stop(job_id)
    return wait(job_id, 0, ["stopped"])


def finish(name: str, job_id: str) -> dict[str, object]:
    """Open the gate, resume the job if it was stopped, and return how it ended and the steps it took."""
    gate(name).touch()
    if wait(job_id, 0, ["waiting", "running", "stopped", "done"])[0] == "stopped":
        try_again(job_id)
    state, done, attempts = wait(job_id, 0, ["done", "dead"])
    taken = Step.objects.filter(name=name).order_by("number").values_list("number", "attempt")
    return {"state": state, "done": done, "attempts": attempts, "steps": [list(row) for row in taken]}


def pids() -> list[int]:
    """Return the process ids of the workers that are known."""
    return [worker.pid for worker in workers()]
