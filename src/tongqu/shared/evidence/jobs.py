"""The jobs of evidence."""

from tongqu.shared.clock import machine_now, now
from tongqu.shared.evidence.actions.importing import run_import
from tongqu.shared.evidence.actions.renditions import make_renditions
from tongqu.shared.evidence.actions.upkeep import sweep
from tongqu.shared.evidence.models import Evidence, ImportBatch
from tongqu.shared.jobs.actions import progress, register, register_schedule
from tongqu.shared.jobs.rules import JobContext, JobSpec


def renditions(evidence_id: int) -> None:
    """Make the smaller pictures of one photo."""
    make_renditions(Evidence.objects.get(pk=evidence_id), at=now())


def run(batch_id: int, context: JobContext) -> None:
    """Run an import, from wherever it stands."""
    reporter = progress(context.job_id)
    run_import(ImportBatch.objects.get(pk=batch_id), clock=now, report=reporter.report)


def tidy() -> None:
    """Take away what crashes left in the store."""
    sweep(machine_at=machine_now())


register(JobSpec("evidence.make_renditions", renditions))
register(JobSpec("evidence.run_import", run, priority=-10, most_s=6 * 3600))
register(JobSpec("evidence.sweep", tidy))
register_schedule("evidence.sweep", job="evidence.sweep", cron="20 3 * * *")
