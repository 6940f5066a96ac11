"""What the page of a piece of evidence says of it: that it is a report whose claims were read."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.uses import Use, on_uses
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.models.report import Report


def use_as_report(evidence: Evidence, person: Person) -> Iterator[Use]:
    """Yield the report that the evidence is; whoever asks may see the evidence, and so the report."""
    for report in Report.objects.filter(evidence=evidence).only("pk", "title"):
        yield Use(_("report"), report.title, reverse("indicators:report", args=[report.pk]))


def make_known() -> None:
    """Have the store of evidence ask."""
    on_uses(use_as_report)
