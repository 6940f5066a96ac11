"""Reports: the list, a report to read, and one report with its claims marked in its text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.shared.journal.queries import facts_of
from tongqu.shared.ui.refusals import show_refusal
from tongqu.shared.ui.sentences import Told, tell
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.actions.keeping import check_keeper
from tongqu.systems.indicators.actions.reports import ReadReport, ReportOrigin, read_report
from tongqu.systems.indicators.forms.reports import (
    STANDING_LABELS,
    ClaimsForm,
    MendForm,
    RejectForm,
    ReportForm,
)
from tongqu.systems.indicators.models.report import Report
from tongqu.systems.indicators.pages.report_parts import (
    LACK_LABELS,
    SIGNS,
    Shown,
    beheld,
    differences_read,
    others,
    pieces_of,
    shown,
)
from tongqu.systems.indicators.queries.claims import Compared, Reading, reading_of
from tongqu.systems.indicators.queries.keeping import is_keeper
from tongqu.systems.indicators.queries.reports import reports_seen_by
from tongqu.systems.indicators.rules.claims.settling import ClaimState

MOST_FACTS = 50


@door(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """List the reports within sight; those who keep figures have a report read."""
    person, at = person_of(request), now()
    if request.method == "POST":
        check_keeper(person)
    form = ReportForm(request.POST or None, request.FILES or None) if is_keeper(person) else None
    if (
        request.method == "POST"
        and form is not None
        and form.is_valid()
        and (made := _read(request, form, at))
    ):
        said = made.report.claims.count()
        note = ngettext("%(count)s claim was read.", "%(count)s claims were read.", said) % {"count": said}
        messages.success(request, note if made.is_new else _("This report was read before."))
        return redirect("indicators:report", made.report.pk)
    table = Table(
        "reports",
        [
            Column("title", _("Title"), lambda row: row.title, link=_way, sort="title"),
            Column("known_at", _("Published"), lambda row: row.known_at, kind="day", sort="known_at"),
            Column("source", _("Published by"), lambda row: row.source),
            Column("said", _("Claims"), lambda row: row.said, kind="number"),
            Column("waiting", _("To be decided"), lambda row: row.waiting, kind="number"),
            Column("state", _("State"), lambda row: row.get_state_display()),
            Column("by", _("Read by"), lambda row: row.made_by_name, optional=True),
            Column("invented", _("invented for the demo"), lambda row: row.is_invented, kind="flag", optional=True),
        ],
        reports_seen_by(person, at),
        request,
        caption=_("Reports that were read"),
        empty_title=_("No reports yet"),
        empty_text=_("The statistics office has reports read; their figures are marked and compared here."),
    )  # fmt: skip
    if table.is_download:
        return table.download()
    context = {"table": table, "form": form, "is_open": bool(form and form.is_bound)}
    return render(
        request, "indicators/reports.html", context, status=422 if request.method == "POST" else 200
    )


def _way(row: Report) -> str:
    return reverse("indicators:report", args=[row.pk])


def _read(request: HttpRequest, form: ReportForm, at: datetime) -> ReadReport | None:
    data, name = form.content()
    published = make_aware(datetime.combine(form.published_on, time.min))
    origin = ReportOrigin(form.cleaned_data["title"], published, form.cleaned_data["source"])
    try:
        return read_report(
            data, name, origin, about=form.about, restricted=form.cleaned_data["restricted"], by=person_of(request), at=at
        )  # fmt: skip
    except BadInput as refusal:
        show_refusal(form, refusal, {"known_at": "known_on"}, rest="file")
        return None


@dataclass(frozen=True)
class Sight:
    """A report as a person sees it."""

    report: Report
    reading: Reading
    claims: list[Shown]
    is_keeper: bool


def sight(request: HttpRequest, pk: int) -> Sight:
    """Return a report within the person's sight; raises `Http404`. A look at a restricted one is journaled; an act is anyway."""
    person, at = person_of(request), now()
    report = reports_seen_by(person, at).defer(None).filter(pk=pk).first()
    if report is None:
        raise Http404
    if request.method != "POST":
        record_view(report.evidence, by=person, at=at, what="text")
    reading = reading_of(report, person, at)
    claims = [shown(each, reading.knowledge) for each in reading.claims]
    return Sight(report, reading, claims, is_keeper(person))


@door(SIGNED_IN)
@require_safe
def report(request: HttpRequest, report: int) -> HttpResponse:
    """Show a text with its claims marked, their list, and the one that the address names by `claim` or by its place `at`."""
    what = sight(request, report)
    one = chosen(request, what)
    context = page_context(request, what) | (detail_context(what, one) if one else {})
    return render(request, "indicators/report.html", context)


def _history(report: Report) -> list[Told]:
    """Return the last acts on a report in words, the newest first; looks at a restricted one stand with its evidence."""
    return [tell(fact) for fact in list(facts_of(report.subject))[: -MOST_FACTS - 1 : -1]]


def chosen(request: HttpRequest, what: Sight) -> Compared | None:
    """Return the claim that the address names."""
    key, value = (
        ("claim", request.GET.get("claim")) if "claim" in request.GET else ("at", request.GET.get("at"))
    )
    if not value or not value.isdecimal():
        return None
    for each in what.reading.claims:
        if int(value) == (each.row.pk if key == "claim" else each.row.start):
            return each
    return None


def page_context(request: HttpRequest, what: Sight) -> dict[str, Any]:
    """Return what the page of a report shows besides the chosen claim."""
    form = ClaimsForm(request.GET if request.method == "GET" else None or {})
    asked = form.chosen()
    kinds = {each.row.pk: each.claim.kind for each in what.reading.claims}
    listed = [
        each
        for each in what.claims
        if asked.get("standing", each.standing) == each.standing
        and asked.get("state", each.state) == each.state
        and asked.get("kind", kinds[each.pk]) == kinds[each.pk]
    ]
    return {
        "report": what.report,
        "pieces": pieces_of(what.report.text, what.claims),
        "claims": listed,
        "filters": form,
        "kept": urlencode(asked),
        "shelf": what.reading.knowledge,
        "history": _history(what.report),
        "is_keeper": what.is_keeper,
        **summary(what),
    }


def summary(what: Sight) -> dict[str, Any]:
    """Return how many claims stand how, and how many can be confirmed at once."""
    counts = Counter(each.standing for each in what.claims)
    waiting = sum(each.state == ClaimState.NEW for each in what.claims)
    return {
        "report": what.report,
        "is_keeper": what.is_keeper,
        "counts": [(key, SIGNS[key], label, counts[key]) for key, label in STANDING_LABELS.items()],
        "waiting": waiting,
        "total": len(what.claims),
        "ready": sum(each.is_ready for each in what.claims),
    }


def sets_of(what: Sight) -> list[tuple[str, str]]:
    """Return the sets that a rank can be among, by code and name."""
    return [(code, each.name) for code, each in what.reading.knowledge.sets.items()]


def detail_context(
    what: Sight, one: Compared, mend: MendForm | None = None, reject: RejectForm | None = None
) -> dict[str, Any]:
    """Return what the detail of a claim shows, with refused forms where there are some."""
    shelf, lack = what.reading.knowledge, one.meaning.lack
    indicator = shelf.indicators[one.meaning.indicator.code].name if one.meaning.indicator else ""
    place = shelf.divisions.get(one.meaning.division)
    begun = MendForm.of(one.stated, indicator, place.name if place else "")
    return {
        "report": what.report,
        "is_keeper": what.is_keeper,
        "chosen": shown(one, shelf),
        "row": one.row,
        "is_rank": one.claim.rank is not None,
        "figures": [beheld(pair, one, shelf) for pair in one.pairs],
        "lack": LACK_LABELS[lack] if lack else "",
        "others": others(one.against),
        "read": differences_read(one),
        "mend": mend or MendForm(sets_of(what), initial=begun),
        "reject": reject or RejectForm(),
        "mend_open": bool(mend and mend.errors),
        "reject_open": bool(reject and reject.errors),
    }
