"""Makes exports of stacks in the background, and deletes old ones."""

from tongqu.shared.clock import now
from tongqu.shared.evidence.queries.store import NoSuchFile
from tongqu.shared.jobs.actions import progress, register, register_schedule
from tongqu.shared.jobs.rules import JobContext, JobSpec
from tongqu.systems.timeline.actions.exporting import give_up, make_export, tidy_exports
from tongqu.systems.timeline.analytics.pyramids import PhotoUnreadable
from tongqu.systems.timeline.models.export import StackExport


def run(export: str, context: JobContext) -> None:
    """Make one export."""
    made = StackExport.objects.select_related("person").filter(pk=export).first()
    if made is None:
        return
    try:
        make_export(made, at=now(), report=progress(context.job_id).report)
    except (NoSuchFile, PhotoUnreadable):
        give_up(made)
        raise


def tidy() -> None:
    """Delete exports that were kept long enough."""
    tidy_exports(at=now())


register(JobSpec("timeline.export", run, priority=10, most_s=1800))
register(JobSpec("timeline.tidy_exports", tidy, priority=-50))
register_schedule("timeline.tidy_exports", cron="40 3 * * *", job="timeline.tidy_exports")
