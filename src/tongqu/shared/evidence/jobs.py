"""The jobs of evidence."""

from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.renditions import make_renditions
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.jobs.actions import register
from tongqu.shared.jobs.rules import JobSpec


def renditions(evidence_id: int) -> None:
    """Make the smaller pictures of one photo."""
    make_renditions(Evidence.objects.get(pk=evidence_id), at=now())


register(JobSpec("evidence.make_renditions", renditions))
