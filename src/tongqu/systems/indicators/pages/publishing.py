"""Publishing a round and giving up a draft: each says first what will happen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import person_of
from tongqu.shared.clock import now
from tongqu.shared.ui.refusals import show_refusal
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.actions.contests import discard_round, publish_round
from tongqu.systems.indicators.forms.holding import PublishForm
from tongqu.systems.indicators.models.contest import Round
from tongqu.systems.indicators.pages.contest_parts import Named, Names, several
from tongqu.systems.indicators.pages.holding import way_to
from tongqu.systems.indicators.pages.keeping import for_keepers
from tongqu.systems.indicators.pages.rounds import found_round, gaps_shown, members_of_round
from tongqu.systems.indicators.queries.contests import at_decimals, indicators_of
from tongqu.systems.indicators.queries.holding import Prospect, gaps_of, prospect_of
from tongqu.systems.indicators.queries.rounds import names_of
from tongqu.systems.indicators.rules.marks import mark_of_table
from tongqu.systems.indicators.rules.moving import Change, Moved
from tongqu.systems.indicators.rules.rounds import AppealState, RoundState


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, contest: str, number: int) -> HttpResponse:
    """Say what a publication would do, and publish when told to."""
    round_, at = found_round(contest, number), now()
    if round_.state == RoundState.DISCARDED:
        messages.warning(request, _("This round was discarded."))
        return redirect(way_to(round_))
    if request.method != "POST":
        return _page(request, round_, None, at)
    if (done := _sent_before(request, round_)) is not None:
        return done
    form = PublishForm(request.POST, is_first=round_.edition == 0)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = publish_round(
                round_,
                by=person_of(request),
                at=at,
                reason=said.get("reason", ""),
                edition=said["edition"],
                seen=said["seen"],
            )
        except (BadInput, MoveNotAllowed) as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Edition %(edition)s is published.") % {"edition": made.edition})
            return redirect(way_to(round_))
    return _page(request, round_, form, at)


def _sent_before(request: HttpRequest, round_: Round) -> HttpResponse | None:
    """Lead back where the edition is out already: sent twice, or somebody else was faster."""
    edition = request.POST.get("edition", "")
    if not edition.isdecimal() or int(edition) > round_.edition:
        return None
    messages.info(request, _("Edition %(edition)s is published already.") % {"edition": round_.edition})
    return redirect(way_to(round_))


def _page(request: HttpRequest, round_: Round, form: PublishForm | None, at: datetime) -> HttpResponse:
    prospect = prospect_of(round_, at=at)
    names = {each.code: each.name for each in members_of_round(round_)}
    names |= names_of(prospect.change.before - names.keys())
    setting = prospect.setting
    named = Named(setting.contest, indicators_of(setting.contest.items))
    table = _table(request, prospect, names)
    if table.is_download:
        return table.download()
    context: dict[str, Any] = {
        "contest": round_.contest,
        "round": round_,
        "edition": prospect.edition,
        "form": _asked(round_, prospect, form),
        "finding": flag_words(prospect.change, names),
        "against": _against(round_, prospect),
        "gaps": [each for each in gaps_shown(gaps_of(round_, setting), named, names) if each.gap.missing],
        "is_same": bool(round_.edition) and _is_same(prospect.change),
        "open_appeals": round_.appeals.filter(state=AppealState.OPEN).count(),
        "table": table,
    }
    return render(request, "indicators/holding/publish.html", context, status=422 if form else 200)


def _asked(round_: Round, prospect: Prospect, refused: PublishForm | None) -> PublishForm:
    """Return the form about what is shown now; after a refusal with what was written and what was wrong."""
    shown = {"edition": prospect.edition, "seen": mark_of_table(prospect.lines)}
    is_first = round_.edition == 0
    if refused is None:
        return PublishForm(initial=shown, is_first=is_first)
    form = PublishForm({"reason": refused.data.get("reason", ""), **shown}, is_first=is_first)
    for field, errors in refused.errors.items():
        for error in errors if field not in form.errors else []:
            form.add_error("reason" if field == "reason" and not is_first else None, error)
    return form


def _is_same(change: Change) -> bool:
    return not any(each.places or each.by or each.before is None for each in change.moved)


def _against(round_: Round, prospect: Prospect) -> str:
    """Say beside what the table is shown."""
    if prospect.against is None:
        return ""
    if prospect.against is round_:
        return _("beside edition %(edition)s") % {"edition": round_.edition}
    return _("beside the round before, %(period)s") % {"period": prospect.against.period_name}


def flag_words(change: Change, names: Names) -> str:
    """Say what becomes of the flag."""
    said = {name: several(getattr(change, name), names) for name in ("before", "after", "gains", "loses")}
    if not change.before:
        return _("The flag goes to %(after)s for the first time.") % said
    if not change.gains and not change.loses:
        return _("The flag stays with %(after)s.") % said
    if not change.loses:
        return _("The flag stays with %(before)s, and %(gains)s gets it as well.") % said
    if not change.gains:
        return _("%(loses)s gives the flag up; it stays with %(after)s.") % said
    return _("The flag changes hands: %(gains)s gets it, %(loses)s gives it up.") % said


def _table(request: HttpRequest, prospect: Prospect, names: Names) -> Table:
    decimals = prospect.setting.contest.decimals

    def by(each: Moved) -> Any:
        return None if each.by is None else at_decimals(each.by, decimals)

    return Table(
        "publish",
        [
            Column("rank", _("Rank"), lambda m: m.line.rank, kind="number"),
            Column("places", pgettext("of a rank", "Before"), lambda m: m.before and m.before.rank, kind="number"),
            Column("name", _("Division"), lambda m: names.get(m.line.member, m.line.member)),
            Column("flag", _("Flag"), lambda m: m.line.holds_flag, kind="flag"),
            Column("total", _("Total"), lambda m: at_decimals(m.line.total, decimals), kind="number"),
            Column("by", pgettext("of a total", "Change"), by, kind="number"),
            Column("bonus", _("Bonus"), lambda m: m.line.bonus or None, kind="number", optional=True),
            Column("penalty", _("Penalty"), lambda m: m.line.penalty or None, kind="number", optional=True),
        ],
        prospect.change.moved,
        request,
        caption=_("The table that will be published"),
        page_size=200,
    )  # fmt: skip


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, contest: str, number: int) -> HttpResponse:
    """Ask whether a draft is to be given up, and give it up."""
    round_ = found_round(contest, number)
    if request.method == "POST":
        try:
            discard_round(round_, by=person_of(request), at=now())
        except MoveNotAllowed as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("The draft was discarded; its period is free again."))
        return redirect("indicators:hold", contest)
    if round_.state != RoundState.DRAFT:
        return redirect(way_to(round_))
    return render(request, "indicators/holding/discard.html", {"contest": round_.contest, "round": round_})
