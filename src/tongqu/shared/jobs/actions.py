"""Puts work into the queue, in the transaction of the act that causes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django_tasks import task

from tongqu.shared.jobs.rules import JobSpec

_specs: dict[str, JobSpec] = {}


def register(spec: JobSpec) -> None:
    """Make a job known by its name; call it from the app's `jobs.py`, which `AppConfig.ready()` imports."""
    _specs[spec.name] = spec


def spec_of(name: str) -> JobSpec:
    """Return the job registered under the name; `KeyError` when there is none."""
    return _specs[name]


@task()
def run(name: str, arguments: dict[str, Any]) -> None:
    """Run one job; the single task that the queue knows."""
    spec_of(name).function(**arguments)


def enqueue(name: str, *, run_after: datetime | None = None, **arguments: Any) -> str:
    """Queue the job and return its id. It runs at least once after the surrounding transaction commits.

    `arguments` are JSON values. `run_after` delays the first run.
    """
    spec_of(name)
    return str(run.using(run_after=run_after).enqueue(name=name, arguments=arguments).id)
