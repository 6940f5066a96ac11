"""Compares photos in the background."""

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import progress, register
from tongqu.shared.jobs.rules import JobContext, JobSpec
from tongqu.systems.timeline.actions.comparing import ask_for_place, find_changes


def run(comparisons: list[int], context: JobContext) -> None:
    """Find the changes of pairs that wait."""
    find_changes(comparisons, at=now(), report=progress(context.job_id).report)


def run_place(lon: float, lat: float) -> None:
    """Have the newest photos of a place compared."""
    ask_for_place(lon, lat, at=now())


register(JobSpec("timeline.compare", run, priority=20, most_s=3600))
register(JobSpec("timeline.compare_place", run_place, priority=-30))
