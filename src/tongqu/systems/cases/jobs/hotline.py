"""Takes in confirmed exports of the hotline."""

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import progress, register, register_schedule
from tongqu.shared.jobs.rules import JobContext, JobSpec
from tongqu.systems.cases.actions.hotline import forget_drafts, run_import
from tongqu.systems.cases.models.hotline import HotlineImport


def run(number: int, context: JobContext) -> None:
    """Run one import, from wherever it stands."""
    reporter = progress(context.job_id)
    run_import(HotlineImport.objects.get(pk=number), clock=now, tell=reporter.report)


def tidy() -> None:
    """Delete files that nobody confirmed."""
    forget_drafts(now())


register(JobSpec("cases.hotline_tidy", tidy))
register_schedule("cases.hotline_tidy", job="cases.hotline_tidy", cron="20 * * * *")
register(JobSpec("cases.hotline_import", run, priority=-10, most_s=6 * 3600))
