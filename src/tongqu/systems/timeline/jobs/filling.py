"""Makes missing views in the background."""

from tongqu.shared.clock import now
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.jobs.actions import progress, register
from tongqu.shared.jobs.rules import JobContext, JobSpec
from tongqu.systems.timeline.actions.filling import fill
from tongqu.systems.timeline.actions.making import make_view


def run(context: JobContext) -> None:
    """Make the views of all photos that have none."""
    fill(at=now(), report=progress(context.job_id).report)


def make_one(evidence_id: int) -> None:
    """Make the view of one photo."""
    make_view(Evidence.objects.get(pk=evidence_id), at=now())


register(JobSpec("timeline.make_view", make_one, most_s=300))
register(JobSpec("timeline.fill", run, most_s=24 * 3600))
