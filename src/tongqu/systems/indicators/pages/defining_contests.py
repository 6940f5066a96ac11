"""Defining a contest and changing its terms, with a check of each formula by the newest figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import person_of
from tongqu.shared.clock import now
from tongqu.systems.indicators.actions.contests import define_contest
from tongqu.systems.indicators.forms.terms import ContestForms, ItemForm
from tongqu.systems.indicators.models.contest import Contest
from tongqu.systems.indicators.pages.keeping import for_keepers, sent
from tongqu.systems.indicators.pages.trying import Shown, shown_for
from tongqu.systems.indicators.queries.marks import mark_of_contest
from tongqu.systems.indicators.rules.contest_data import read_contest
from tongqu.systems.indicators.rules.contests import INPUTS
from tongqu.systems.indicators.rules.rounds import RoundState


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Define a contest."""
    return _page(request, None)


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, contest: str) -> HttpResponse:
    """Change the terms of a contest for its next rounds."""
    return _page(request, get_object_or_404(Contest.objects.select_related("division_set"), code=contest))


def _page(request: HttpRequest, contest: Contest | None) -> HttpResponse:
    terms = read_contest(contest.terms) if contest else None
    data = sent(request)
    if data is not None and "more" in data:
        data = _one_more(data)
    forms = ContestForms(contest, terms, data, seen=mark_of_contest(contest))
    is_looked_at = data is None or "more" in data
    if not is_looked_at and forms.is_valid() and "check" not in request.POST:
        made = _kept(request, contest, forms)
        if made is not None:
            messages.success(
                request, _("The terms were kept. They count for rounds that are opened from now on.")
            )
            return redirect("indicators:hold", made.code)
    context: dict[str, Any] = {
        "contest": contest,
        "form": forms.form,
        "items": forms.items,
        "rows": [(row, _try(forms, row)) for row in forms.items.forms]
        if data is not None
        else [(row, None) for row in forms.items.forms],
        "inputs": sorted(INPUTS),
        "drafts": contest.rounds.filter(state=RoundState.DRAFT).count() if contest else 0,
        "is_checked": data is not None and "check" in request.POST,
        "is_good": not is_looked_at and not _has_errors(forms),
    }
    status = 422 if not is_looked_at and _has_errors(forms) else 200
    return render(request, "indicators/holding/terms.html", context, status=status)


def _has_errors(forms: ContestForms) -> bool:
    return bool(forms.form.errors) or any(form.errors for form in forms.items.forms)


def _one_more(data: QueryDict) -> QueryDict:
    """Return what was sent with room for one more item."""
    more = data.copy()
    more["items-TOTAL_FORMS"] = str(len([name for name in data if name.endswith("-formula")]) + 1)
    return more


def _kept(request: HttpRequest, contest: Contest | None, forms: ContestForms) -> Contest | None:
    """Keep the terms; on a refusal say it in the forms and return None."""
    said = forms.form.cleaned_data
    try:
        return define_contest(
            contest.code if contest else said["code"],
            name=said["name"],
            name_hant=said["name_hant"],
            name_en=said["name_en"],
            division_set=said["division_set"],
            terms=forms.terms,
            by=person_of(request),
            at=now(),
            seen=said["seen"],
        )
    except (BadInput, MoveNotAllowed) as refusal:
        forms.refuse(refusal)
        return None


def _try(forms: ContestForms, row: ItemForm) -> Shown | None:
    """Return what a row yields; nothing for an empty one, and where what is wrong stands at its fields already."""
    is_empty = row.empty_permitted and not row.has_changed()
    return None if is_empty or row.errors else shown_for(forms, row)


@for_keepers
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Answer with what one item of the form yields, or what is wrong with it; nothing is kept."""
    forms = ContestForms(None, None, request.POST)
    number = request.POST.get("check", "")
    rows = forms.items.forms
    row = rows[int(number)] if number.isdecimal() and int(number) < len(rows) else None
    shown = shown_for(forms, row) if row is not None else None
    return render(
        request, "indicators/holding/tried.html", {"tried": shown, "prefix": row.prefix if row else ""}
    )
