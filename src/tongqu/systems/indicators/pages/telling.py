"""What other pages say of reports: how their facts read in a story, and that a piece of evidence is one."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.uses import Use, on_uses
from tongqu.shared.region.models import Person
from tongqu.shared.ui.sentences import say
from tongqu.systems.indicators.models.report import Report

SENTENCES = {
    "report.read": gettext_lazy("{actor} had the report “{subject}” read."),
    "report.claims_confirmed": gettext_lazy("{actor} confirmed claims of the report “{subject}”."),
    "report.claim_mended": gettext_lazy("{actor} mended a claim of the report “{subject}”."),
    "report.claim_rejected": gettext_lazy("{actor} rejected a claim of the report “{subject}”."),
}


def use_as_report(evidence: Evidence, person: Person) -> Iterator[Use]:
    """Yield the report that the evidence is; whoever asks may see the evidence, and so the report."""
    for report in Report.objects.filter(evidence=evidence).only("pk", "title"):
        yield Use(_("report"), report.title, reverse("indicators:report", args=[report.pk]))


def make_known() -> None:
    """Tell the shared components; called once at the start."""
    say(SENTENCES)
    on_uses(use_as_report)
