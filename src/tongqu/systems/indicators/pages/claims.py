"""Acts on claims, without loading the page anew: one in detail, confirmed, mended or rejected, and all that are clear at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.ui.refusals import show_refusal
from tongqu.systems.indicators.actions.claims import Confirmed, confirm_claims, mend_claim, reject_claim
from tongqu.systems.indicators.actions.keeping import check_keeper
from tongqu.systems.indicators.forms.reports import MendForm, RejectForm
from tongqu.systems.indicators.pages.reports import (
    Sight,
    detail_context,
    page_context,
    sets_of,
    sight,
    summary,
)
from tongqu.systems.indicators.queries.claims import Compared


@door(SIGNED_IN)
@require_safe
def claim(request: HttpRequest, report: int, claim: int) -> HttpResponse:
    """Show a claim in detail, as a part of its report's page."""
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('indicators:report', args=[report])}?claim={claim}")
    what = sight(request, report)
    return render(request, "indicators/claim_part.html", detail_context(what, _one(what, claim)))


@require_POST
@door(SIGNED_IN)
def confirm(request: HttpRequest, report: int, claim: int) -> HttpResponse:
    """Confirm a claim."""
    what = sight(request, report)
    one = _one(what, claim)
    found = confirm_claims(what.report, [one.row.pk], by=person_of(request), at=now())
    return _answer(request, report, one, _told(found))


@require_POST
@door(SIGNED_IN)
def mend(request: HttpRequest, report: int, claim: int) -> HttpResponse:
    """Correct a claim and confirm it so; what is wrong is shown beside its field."""
    what = sight(request, report)
    check_keeper(person_of(request))
    one = _one(what, claim)
    form = MendForm(sets_of(what), request.POST)
    if form.is_valid():
        try:
            found = mend_claim(one.row, form.mend, by=person_of(request), at=now())
            return _answer(request, report, one, _told(found))
        except BadInput as refusal:
            show_refusal(form, refusal)
    return _refused(request, what, detail_context(what, one, mend=form))


@require_POST
@door(SIGNED_IN)
def reject(request: HttpRequest, report: int, claim: int) -> HttpResponse:
    """Reject a claim with the reason."""
    what = sight(request, report)
    check_keeper(person_of(request))
    one = _one(what, claim)
    form = RejectForm(request.POST)
    if form.is_valid():
        try:
            reject_claim(one.row, reason=form.cleaned_data["reason"], by=person_of(request), at=now())
            return _answer(request, report, one, _("The claim was rejected."))
        except (BadInput, MoveNotAllowed) as refusal:
            form.add_error("reason", str(refusal))
    return _refused(request, what, detail_context(what, one, reject=form))


@require_POST
@door(SIGNED_IN)
def confirm_ready(request: HttpRequest, report: int) -> HttpResponse:
    """Confirm all claims that nothing speaks against and nothing is lacking of."""
    what = sight(request, report)
    found = confirm_claims(what.report, None, by=person_of(request), at=now())
    note = _told(found)
    if not request.headers.get("HX-Request"):
        messages.success(request, note)
        return redirect("indicators:report", report)
    after = sight(request, report)
    return render(request, "indicators/report_part.html", page_context(request, after) | {"note": note})


def _one(what: Sight, pk: int) -> Compared:
    found = what.reading.one(pk)
    if found is None:
        raise Http404
    return found


def _answer(request: HttpRequest, report: int, before: Compared, note: str) -> HttpResponse:
    """Show the claim as it is now, and all that the act may have changed on the page."""
    pk = before.row.pk
    if not request.headers.get("HX-Request"):
        messages.success(request, note)
        return redirect(f"{reverse('indicators:report', args=[report])}?claim={pk}")
    what = sight(request, report)
    one = _one(what, pk)
    touched = {each.row.pk for each in what.reading.claims if _shares(each, before) or _shares(each, one)}
    context = detail_context(what, one) | summary(what)
    context |= {"note": note, "changed": [each for each in what.claims if each.pk in touched]}
    return render(request, "indicators/claim_answer.html", context)


def _shares(each: Compared, other: Compared) -> bool:
    """Say whether two claims are of the same thing, or state the same figure."""
    keys = {said.row.key for said in other.meaning.said}
    return each.row.thing == other.row.thing or any(said.row.key in keys for said in each.meaning.said)


def _refused(request: HttpRequest, what: Sight, context: dict[str, Any]) -> HttpResponse:
    # A part is swapped in only when its status says that all is well; a whole page says what it is.
    if request.headers.get("HX-Request"):
        return render(request, "indicators/claim_part.html", context)
    return render(request, "indicators/report.html", page_context(request, what) | context, status=422)


def _told(found: Confirmed) -> str:
    """Say what became of confirmed claims."""
    said = {
        "claims": found.claims,
        "figures": found.added + found.revised,
        "supported": found.supported,
        "statements": found.statements,
    }
    return (
        _(
            "Confirmed: %(claims)s. New figures: %(figures)s; known already: %(supported)s; statements only: %(statements)s."
        )
        % said
    )
