"""What other pages say of indicators, contests and reports: how their facts read, and that a piece of evidence is a report."""

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
    "indicator.defined": gettext_lazy("{actor} defined the indicator “{subject}”."),
    "indicator.changed": gettext_lazy("{actor} changed the terms of the indicator “{subject}”."),
    "stat_divisions.added": gettext_lazy("{actor} made divisions known."),
    "division_set.defined": gettext_lazy("{actor} defined the set of divisions “{subject}”."),
    "figures.recorded": gettext_lazy("{actor} recorded the figures of “{subject}”."),
    "contest.defined": gettext_lazy("{actor} defined the contest “{subject}” or gave it new terms."),
    "contest_round.opened": gettext_lazy("{actor} opened a round of the contest: {subject}."),
    "contest_round.adjusted": gettext_lazy("{actor} gave a bonus or a penalty in the round: {subject}."),
    "contest_round.adjustment_taken_back": gettext_lazy("{actor} took a bonus or a penalty back: {subject}."),
    "contest_round.published": gettext_lazy("{actor} published the result: {subject}."),
    "contest_round.discarded": gettext_lazy("{actor} discarded the draft: {subject}."),
    "contest_round.appealed": gettext_lazy("{actor} appealed against the result: {subject}."),
    "contest_round.appeal_decided": gettext_lazy("{actor} decided an appeal: {subject}."),
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
