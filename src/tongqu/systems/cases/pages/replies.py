"""Replying to the reporter: the part of the case page, the score while one writes, sending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.systems.cases.actions.replies import draft_reply, reply
from tongqu.systems.cases.forms.replies import ReplyForm
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.reply import Reply
from tongqu.systems.cases.pages.case import found
from tongqu.systems.cases.queries.replies import is_low, may_reply, replies_of, score
from tongqu.systems.cases.queries.text_blocks import blocks_for
from tongqu.systems.cases.rules.reply_quality import BLOCKING, Lack, Quality

SCORE_LABELS: dict[str, Promise] = {
    "relevance": gettext_lazy("Relevance"),
    "completeness": gettext_lazy("Completeness"),
    "reasons": gettext_lazy("Reasons"),
    "tone": gettext_lazy("Tone"),
}
LACK_LABELS: dict[Lack, Promise] = {
    Lack.EMPTY: gettext_lazy("It only says that the report came in or was passed on."),
    Lack.OFF_TOPIC: gettext_lazy("It hardly speaks of what was reported."),
    Lack.UNANSWERED: gettext_lazy("Not answered:"),
    Lack.FINDING: gettext_lazy("It does not say what was found on looking into it."),
    Lack.ACTION: gettext_lazy("It does not say what was done or will be done, or what the reporter can do."),
    Lack.DATE: gettext_lazy("It names no date or time."),
    Lack.UNIT: gettext_lazy("It does not say which unit is responsible."),
    Lack.CONTACT: gettext_lazy("It gives no way to ask further, such as a telephone number."),
    Lack.GREETING: gettext_lazy("It does not address the reporter."),
    Lack.BASIS: gettext_lazy("It gives no ground: no rule, no finding."),
    Lack.EXPLANATION: gettext_lazy("It does not explain why."),
    Lack.PROMISE: gettext_lazy("A promise without a date:"),
    Lack.LONG: gettext_lazy("A sentence that is too long:"),
    Lack.RUDE: gettext_lazy("Words that sound dismissive:"),
    Lack.PRIVATE: gettext_lazy("Personal data, which everybody with the tracking code could read:"),
    Lack.OPEN: gettext_lazy("A blank that was not filled in:"),
}


@dataclass(frozen=True)
class Remark:
    """A line of what is missing, in words."""

    say: str
    words: str
    is_blocking: bool


def remarks(missing: list[tuple[str, str]]) -> list[Remark]:
    """Return what is missing in words, that which blocks first."""
    lines = [Remark(str(LACK_LABELS[Lack(lack)]), words, Lack(lack) in BLOCKING) for lack, words in missing]
    return sorted(lines, key=lambda line: not line.is_blocking)


def judged(quality: Quality) -> dict[str, Any]:
    """Return what the panel of scores shows."""
    return {
        "overall": quality.overall,
        "scores": [(label, getattr(quality, name)) for name, label in SCORE_LABELS.items()],
        "remarks": remarks([(str(each.lack), each.words) for each in quality.missing]),
        "is_low": is_low(quality),
        "threshold": settings.REPLY_THRESHOLD,
    }


@door(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def replies(request: HttpRequest, number: str) -> HttpResponse:
    """Show the replies of a case and, to those who may, the form; take a draft or send it."""
    case, person = found(request, number), person_of(request)
    if request.method != "POST":
        return _shown(request, case, _form(case))
    form = ReplyForm(request.POST, auto_id="reply_%s")
    if not form.is_valid():
        return _shown(request, case, form, status=422)
    text = form.cleaned_data["text"]
    try:
        if "draft" in request.POST:
            draft_reply(case, text=text, by=person, at=now())
        else:
            reply(
                case,
                text=text,
                by=person,
                at=now(),
                why_sent=form.cleaned_data["why_sent"],
                expected=form.cleaned_data["expected"],
            )
    except BadInput as refusal:
        for problem in refusal.problems:
            form.add_error(problem.field, str(problem.message))
        return _shown(request, case, form, status=422)
    if request.headers.get("HX-Request"):
        note = _("Kept as a draft.") if "draft" in request.POST else _("The reply has been sent.")
        return _shown(request, case, _form(case), note=note)
    return redirect("cases:replies", case.number)


def _form(case: Case) -> ReplyForm:
    """Return the form as the next reply begins: with the draft, if there is one."""
    kept = list(case.replies.order_by("version").only("version", "text", "sent_at"))
    draft = next((each for each in kept if not each.is_sent), None)
    version = draft.version if draft else len(kept) + 1
    initial = {"text": draft.text if draft else "", "expected": version}
    return ReplyForm(initial=initial, auto_id="reply_%s")


def _shown(
    request: HttpRequest, case: Case, form: ReplyForm, *, note: str = "", status: int = 200
) -> HttpResponse:
    person, text = person_of(request), str(form["text"].value() or "")
    writes = may_reply(person, case)
    is_part = bool(request.headers.get("HX-Request"))
    context = {
        "case": case,
        "form": form,
        "has_draft": bool(text.strip()) and not form.is_bound,
        # On the page of the case it folds, so that the next step stays the foremost act.
        "is_open": form.is_bound or not is_part,
        "blocks": blocks_for(case, person) if writes else [],
        "note": note,
        "sent": [(each, _lines(each)) for each in replies_of(case) if each.is_sent],
        "may_reply": writes,
        "judged": judged(score(case, text)) if text.strip() else None,
    }
    # HTMX leaves out what comes with an error's status; the errors stand in the form.
    page = "cases/replies_part.html" if is_part else "cases/replies.html"
    return render(request, page, context, status=200 if is_part else status)


def _lines(each: Reply) -> list[Remark]:
    return remarks([(lack, words) for lack, words in each.missing])


@require_POST
@door(SIGNED_IN)
def scored(request: HttpRequest, number: str) -> HttpResponse:
    """Score the text while it is written; nothing is kept."""
    case, text = found(request, number), request.POST.get("text", "")[:5000]
    context = {"judged": judged(score(case, text)) if text.strip() else None}
    return render(request, "cases/reply_score.html", context)
