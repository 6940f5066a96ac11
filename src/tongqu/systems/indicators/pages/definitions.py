"""What is defined: indicators in versions, and named sets of divisions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import person_of
from tongqu.shared.clock import now
from tongqu.shared.journal.actions import act
from tongqu.shared.ui.refusals import show_refusal
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.forms.definitions import IndicatorForm, SetForm
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.indicator import Indicator, IndicatorVersion
from tongqu.systems.indicators.pages.keeping import for_keepers, sent
from tongqu.systems.indicators.queries.marks import mark_of_indicator, mark_of_set
from tongqu.systems.indicators.rules.ranking import Late

FIELDS = {"name_zh_hans": "name"}
"""Under which name the forms ask for what the actions call otherwise."""


@for_keepers
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the indicators; sets of divisions stand beside them."""
    table = Table(
        "definitions",
        [
            Column("code", _("code"), link=_way, sort="code"),
            Column("name", _("Indicator"), lambda row: row.name, link=_way, sort="name_zh_hans"),
            Column("unit", _("unit"), sort="unit"),
            Column("frequency", _("frequency"), lambda row: row.get_frequency_display(), sort="frequency"),
            Column("accumulation", _("what a figure covers"), lambda row: row.get_accumulation_display()),
            Column("better", _("which way is good"), lambda row: row.get_better_display(), optional=True),
            Column("version", _("version"), kind="number"),
            Column("invented", _("invented for the demo"), lambda row: row.is_invented, kind="flag", optional=True),
        ],
        Indicator.objects.all(),
        request,
        caption=_("Indicators"),
        order="code",
        page_size=200,
        empty_title=_("No indicators yet"),
        empty_text=_("Define the first one, or import an SDMX structure."),
    )  # fmt: skip
    if table.is_download:
        return table.download()
    sets = DivisionSet.objects.annotate(count=Count("members"))
    return render(request, "indicators/definitions/list.html", {"table": table, "sets": sets})


def _way(row: Indicator) -> str:
    return reverse("indicators:definition", args=[row.code])


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def new_indicator(request: HttpRequest) -> HttpResponse:
    """Define an indicator."""
    return _indicator_page(request, None)


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """Give an indicator new terms as its next version, with why; show the versions before."""
    return _indicator_page(request, get_object_or_404(Indicator, code=code))


def _indicator_page(request: HttpRequest, row: Indicator | None) -> HttpResponse:
    form = IndicatorForm(sent(request), indicator=row, seen=mark_of_indicator(row))
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            made = define_indicator(
                form.definition,
                by=person_of(request),
                at=now(),
                reason=said.get("reason", ""),
                seen=said["seen"],
            )
        except (BadInput, MoveNotAllowed) as refusal:
            show_refusal(form, refusal, FIELDS)
        else:
            messages.success(request, _("Version %(version)s counts now.") % {"version": made.version})
            return redirect("indicators:definition", made.code)
    context = {"indicator": row, "form": form, "versions": versions_of(row) if row else []}
    return render(
        request, "indicators/definitions/indicator.html", context, status=422 if form.errors else 200
    )


@dataclass(frozen=True)
class VersionShown:
    """A version, and what it changed: the name of each term with what it was and what it became."""

    version: IndicatorVersion
    changes: list[tuple[str, Any, Any]]


def versions_of(row: Indicator) -> list[VersionShown]:
    """Return the versions, the newest first."""
    versions = list(row.versions.order_by("number"))
    names = {name: str(field.label) for name, field in IndicatorForm(indicator=row).fields.items()}
    names |= {"name_hans": names["name"], "ratio": str(_("ratio"))}
    found = [VersionShown(versions[0], [])] if versions else []
    for before, after in pairwise(versions):
        changed = sorted({*before.terms, *after.terms})
        found.append(
            VersionShown(
                after,
                [
                    (names.get(term, term), before.terms.get(term), after.terms.get(term))
                    for term in changed
                    if before.terms.get(term) != after.terms.get(term)
                ],
            )
        )
    return found[::-1]


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def new_set(request: HttpRequest) -> HttpResponse:
    """Define a set of divisions."""
    return _set_page(request, None)


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def division_set(request: HttpRequest, set_code: str) -> HttpResponse:
    """Change a set of divisions."""
    return _set_page(request, get_object_or_404(DivisionSet, code=set_code))


def _set_page(request: HttpRequest, row: DivisionSet | None) -> HttpResponse:
    form = SetForm(sent(request), division_set=row, seen=mark_of_set(row))
    if form.is_bound and form.is_valid():
        try:
            made = _kept_set(request, row, form)
        except (BadInput, MoveNotAllowed) as refusal:
            show_refusal(form, refusal, FIELDS)
        else:
            messages.success(request, _("The set was kept."))
            return redirect("indicators:division-set", made.code)
    context = {"set": row, "form": form, "count": row.members.count() if row else 0}
    return render(request, "indicators/definitions/set.html", context, status=422 if form.errors else 200)


def _kept_set(request: HttpRequest, row: DivisionSet | None, form: SetForm) -> DivisionSet:
    said, person, at = form.cleaned_data, person_of(request), now()
    members = said["members"]
    with act():
        if members.fresh:
            add_divisions(((code, name, "", "") for code, name in members.fresh.items()), by=person, at=at)
        return define_set(
            row.code if row else said["code"],
            name=said["name"],
            name_hant=said["name_hant"],
            name_en=said["name_en"],
            members=members.codes,
            late=Late(said["late"]),
            by=person,
            at=at,
            seen=said["seen"],
        )
