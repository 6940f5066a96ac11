"""Keeps the columns of numbers up to date from which maps and statistics count."""

from datetime import timedelta

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec
from tongqu.systems.cases.actions.blocks import pack


def run() -> None:
    """Pack what has changed."""
    pack(at=now())


register(JobSpec("cases.pack", run, most_s=3600))
register_schedule("cases.pack", job="cases.pack", every=timedelta(minutes=1))
