"""Reporting and following a report, for everybody, without a login."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import address_of, door, spend
from tongqu.shared.access.rules import PUBLIC
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.storing import keep_all, register
from tongqu.shared.journal.actions import act
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.region.queries import NoRegion, the_region
from tongqu.systems.cases.actions.notices import tell_from_now_on
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.forms.intake import ReportForm, TrackForm
from tongqu.systems.cases.forms.questions import QuestionsForm
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.pages.reporter import tracked
from tongqu.systems.cases.queries.answers import questions_asked
from tongqu.systems.cases.rules.kinds import Source

RESIDENT = NamedActor("resident", "居民")
MOST_REPORTS_A_MINUTE = 5
MOST_LOOKS_A_MINUTE = 30


@never_cache
@door(PUBLIC)
def report_page(request: HttpRequest) -> HttpResponse:
    """Take a report."""
    if request.method != "POST":
        return _form(request, ReportForm(initial={"key": secrets.token_urlsafe(16)}))
    if "ask" in request.POST:
        return _form(request, ReportForm(initial=request.POST.dict()))
    form = ReportForm(request.POST, request.FILES)
    questions = _questions(request)
    # Both are checked, so that everything wrong is said at once.
    if not all([form.is_valid(), questions.is_valid()]):
        return _form(request, form, 422, questions)
    if spend(f"report:{address_of(request)}", MOST_REPORTS_A_MINUTE).is_spent:
        form.add_error(
            None, _("Too many reports came from your connection. Wait a minute and send it again.")
        )
        return _form(request, form, 429, questions)
    try:
        case = _taken(form, questions, is_phone="Mobi" in request.headers.get("User-Agent", ""))
    except BadInput as refusal:
        for problem in refusal.problems:
            say = f"{problem.file}: {problem.message}" if problem.file else str(problem.message)
            form.add_error(problem.field if problem.field in ("text", "matter_code") else None, say)
        return _form(request, form, 422, questions)
    return redirect("cases:track", case.tracking_code)


def _questions(request: HttpRequest) -> QuestionsForm:
    """Return the questions of the matter that was chosen, with the answers that were sent."""
    sent = request.POST if request.method == "POST" and "ask" not in request.POST else None
    chosen = (sent or request.POST or request.GET).get("matter_code", "")
    return QuestionsForm(questions_asked(chosen, at=now()), sent)


@never_cache
@door(PUBLIC)
@require_safe
def questions_part(request: HttpRequest) -> HttpResponse:
    """Show what the matter asks, for the form on the page."""
    return render(request, "cases/questions.html", {"questions": _questions(request)})


def _taken(form: ReportForm, questions: QuestionsForm, *, is_phone: bool) -> Case:
    """Keep the photos and take the report in, as one act."""
    data, at = form.cleaned_data, now()
    kept = keep_all((file.name or "photo", file.read()) for file in data["photos"])
    with act():
        photos = [register(each, by=RESIDENT, at=at, unit=None, source="report").evidence for each in kept]
        case = report(
            text=data["text"],
            at=at,
            by=RESIDENT,
            source=Source.PHONE if is_phone else Source.WEB,
            lon=data["lon"],
            lat=data["lat"],
            place_text=data["place_text"],
            matter_code=data["matter_code"],
            answers=questions.answers,
            evidence=photos,
            reporter_name=data["name"],
            reporter_phone=data["phone"],
            idempotency_key=data["key"],
        )
        tell_from_now_on(
            case, form.contacts, language=get_language() or settings.LANGUAGE_CODE, by=RESIDENT, at=at
        )
        return case


def _form(
    request: HttpRequest, form: ReportForm, status: int = 200, questions: QuestionsForm | None = None
) -> HttpResponse:
    try:
        root = the_region().root
    except NoRegion as nothing:
        return render(request, "cases/no_region.html", {"say": str(nothing)}, status=503)
    pin: dict[str, Any] = {"lon": "lon", "lat": "lat"}
    centre = [root.centre_lon, root.centre_lat]
    config = {"center": centre, "zoom": 9, "layers": _outlines(), "pick": pin}
    context = {"form": form, "questions": questions or _questions(request), "map": config}
    return render(request, "cases/report.html", context, status=status)


@never_cache
@door(PUBLIC)
@require_safe
def track_entry(request: HttpRequest) -> HttpResponse:
    """Ask for a tracking code."""
    form = TrackForm(request.GET or None)
    if form.is_bound and form.is_valid():
        return redirect("cases:track", form.cleaned_data["code"].strip().upper())
    return render(request, "cases/track.html", {"form": form})


@never_cache
@door(PUBLIC)
@require_safe
def track(request: HttpRequest, code: str) -> HttpResponse:
    """Show how a report stands: only what everybody may know."""
    if spend(f"track:{address_of(request)}", MOST_LOOKS_A_MINUTE).is_spent:
        return render(request, "cases/track.html", {"form": TrackForm(), "too_often": True}, status=429)
    return tracked(request, code)


def _outlines() -> list[dict[str, Any]]:
    return [{"kind": "outlines", "label": _("Counties"), "url": reverse("region:outlines", args=["county"])}]
