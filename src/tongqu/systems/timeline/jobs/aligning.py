"""Lays photos on each other in the background."""

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import enqueue, progress, register
from tongqu.shared.jobs.rules import JobContext, JobSpec
from tongqu.systems.cases.queries.around import place_of_case
from tongqu.systems.timeline.actions.aligning import align, align_place


def run(lead: int, views: list[int], context: JobContext) -> None:
    """Lay views on the one that leads them."""
    align(lead, views, at=now(), report=progress(context.job_id).report)


def run_place(lon: float, lat: float, context: JobContext) -> None:
    """Lay the photos of a place on each other."""
    align_place(lon, lat, at=now(), report=progress(context.job_id).report)
    enqueue("timeline.compare_place", lon=lon, lat=lat)


def run_case(case: str, context: JobContext) -> None:
    """Lay the photos of an open case's place on each other."""
    place = place_of_case(case)
    if place is not None:
        run_place(*place, context)


register(JobSpec("timeline.align", run, priority=20, most_s=3600))
register(JobSpec("timeline.align_place", run_place, priority=-20, most_s=3600))
register(JobSpec("timeline.align_case", run_case, priority=-20, most_s=3600))
