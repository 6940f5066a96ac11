"""What would move the flag: in words, and tried with other figures and weights. Nothing is stored."""

from __future__ import annotations

from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.forms.contests import WhatIfForm
from tongqu.systems.indicators.models.contest import Round
from tongqu.systems.indicators.pages.contest_parts import Named, Names, several, swing_words, weight_words
from tongqu.systems.indicators.pages.contests import Shown, shown
from tongqu.systems.indicators.queries.contests import (
    at_decimals,
    indicators_of,
    lines_if,
    lines_of,
    sensitivity_of,
    setting_of,
)
from tongqu.systems.indicators.rules.contests import Line
from tongqu.systems.indicators.rules.sensitivity import Setting, reweighted


def _asked(request: HttpRequest, code: str) -> tuple[Shown, Round, Setting, Named, Names]:
    """Return the round that the address names with all that decides it, and the names of its divisions."""
    what = shown(request, code)
    if what.round is None:
        raise Http404
    setting = setting_of(what.round)
    names = {each.code: each.name for each in what.contest.division_set.members.order_by("code")}
    named = Named(setting.contest, indicators_of(setting.contest.items))
    return what, what.round, setting, named, names


@door(SIGNED_IN)
@require_safe
def sensitivity(request: HttpRequest, contest: str) -> HttpResponse:
    """Say what would move the flag: as a page, or as a part of the contest's page."""
    what, round_, setting, named, names = _asked(request, contest)
    found = sensitivity_of(setting)
    is_part = bool(request.headers.get("HX-Request"))
    context = {
        "contest": what.contest,
        "round": round_,
        "swings": [swing_words(each, named.labels, names) for each in found.swings],
        "weights": weight_words(found, named.labels, names),
        "holders": several(found.holders, names),
    }
    return render(request, f"indicators/sensitivity{'_part' if is_part else ''}.html", context)


@door(SIGNED_IN)
@require_safe
def what_if(request: HttpRequest, contest: str) -> HttpResponse:
    """Try other figures and weights on a round and show how the table would change."""
    what, round_, setting, named, names = _asked(request, contest)
    tried = {key: value for key, value in request.GET.items() if key.partition("_")[0] in _FIELDS}
    form = WhatIfForm(setting, named.labels, names, tried or None)
    before = lines_of(setting)
    lines = before
    if form.is_valid():
        lines = lines_if(reweighted(setting, form.weights), form.changes)
    table = _table(request, round_, setting.contest.decimals, before, lines, names)
    if table.is_download:
        return table.download()
    context = {
        "contest": what.contest,
        "round": round_,
        "form": form,
        "table": table,
        "finding": _finding(before, lines, names) if tried and form.is_valid() else "",
    }
    return render(request, "indicators/what_if.html", context, status=422 if form.errors else 200)


_FIELDS = frozenset({"weight", "division", "item", "value"})


def _flag(lines: list[Line]) -> frozenset[str]:
    return frozenset(line.member for line in lines if line.holds_flag)


def _finding(before: list[Line], lines: list[Line], names: Names) -> str:
    """Say whether the flag would change hands."""
    was, would = _flag(before), _flag(lines)
    said = {"was": several(was, names), "would": several(would, names)}
    if was == would:
        return _("The flag would stay: %(would)s") % said
    return _("The flag would change hands: %(would)s instead of %(was)s") % said


def _table(
    request: HttpRequest, round_: Round, decimals: int, before: list[Line], lines: list[Line], names: Names
) -> Table:
    was = {line.member: line for line in before}

    def change(line: Line) -> Decimal:
        return at_decimals(line.total - was[line.member].total, decimals)

    return Table(
        "what-if",
        [
            Column("rank", _("Rank"), lambda line: line.rank, kind="number", sort="key"),
            Column("was", _("Rank now"), lambda line: was[line.member].rank, kind="number", sort="key"),
            Column("name", _("Division"), lambda line: names[line.member]),
            Column("flag", _("Flag"), lambda line: line.holds_flag, kind="flag"),
            Column("total", _("Total"), lambda line: at_decimals(line.total, decimals), kind="number", sort="key"),
            Column("total_now", _("Total now"), lambda line: at_decimals(was[line.member].total, decimals), kind="number"),
            Column("change", pgettext("of a total", "Change"), change, kind="number", sort="key"),
        ],
        lines,
        request,
        caption=_("Table of %(contest)s, %(period)s") % {"contest": round_.contest.name, "period": round_.period_name},
        page_size=200,
    )  # fmt: skip
