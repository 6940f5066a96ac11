"""Being told: chosen and ended by reporters without a login, seen by the desk, watched by administrators."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import address_of, door, person_of, spend
from tongqu.shared.access.rules import PUBLIC, SIGNED_IN, held_by
from tongqu.shared.clock import now
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.contacts import add_contact, end_contact, silence
from tongqu.systems.cases.actions.notices import try_notice_again
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.notices import CHANNEL_LABELS, NOTICE_STATE_LABELS, ReporterNotice
from tongqu.systems.cases.queries.cases import find_case
from tongqu.systems.cases.queries.notice_texts import contact_of
from tongqu.systems.cases.queries.notices import (
    channel_states,
    contacts_now,
    failed_notices,
    notice_counts,
    notices_of,
    offered,
    push_key,
)
from tongqu.systems.cases.rules.notices import Channel, NoticeState

RESIDENT = NamedActor("resident", "居民")
MOST_CHANGES_A_MINUTE = 15
MOST_LOOKS_A_MINUTE = 60
MOST_SHOWN = 100
ADMIN = held_by(Role.REGION_ADMIN)


@never_cache
@door(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def be_told(request: HttpRequest, code: str) -> HttpResponse:
    """Show to the holder of a tracking code who is told, and by what; take another contact, or end one."""
    case = Case.objects.filter(tracking_code=code.strip().upper()).first()
    name, most = (
        ("tell", MOST_CHANGES_A_MINUTE) if request.method == "POST" else ("told", MOST_LOOKS_A_MINUTE)
    )
    if spend(f"{name}:{address_of(request)}", most).is_spent:
        return HttpResponse(status=429)
    if case is None:
        raise Http404
    problems: list[str] = []
    if request.method == "POST":
        problems = _changed(request, case)
        if not problems:
            return redirect("cases:track", case.tracking_code)
    context = {
        "code": case.tracking_code,
        "contacts": contacts_now(case),
        "is_open": case.is_open,
        "offered": {str(channel) for channel in offered()},
        "push_key": push_key(),
        "problems": problems,
    }
    is_part = request.headers.get("HX-Request") and request.method != "POST"
    page = "cases/be_told.html" if is_part else "cases/be_told_page.html"
    return render(request, page, context, status=422 if problems else 200)


def _changed(request: HttpRequest, case: Case) -> list[str]:
    """Do what was asked for; returns what is wrong with it."""
    at = now()
    if (number := request.POST.get("off", "")).isdecimal():
        for contact in contacts_now(case).filter(pk=int(number)):
            end_contact(contact, by=RESIDENT, at=at)
        return []
    try:
        add_contact(
            case,
            Channel(request.POST.get("channel", "")),
            request.POST.get("address", ""),
            keys={name: request.POST[name][:200] for name in ("p256dh", "auth") if request.POST.get(name)},
            language=get_language() or settings.LANGUAGE_CODE,
            by=RESIDENT,
            at=at,
        )
    except BadInput as refusal:
        return [str(problem.message) for problem in refusal.problems]
    except ValueError:
        return [_("Choose how you want to be told.")]
    return []


@csrf_exempt  # RFC 8058: a mail program ends notices with one POST; the signed mark in the address is the proof.
@never_cache
@door(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """End notices by the link that stands in each of them. Looking at the page ends nothing: programs do that too."""
    contact = contact_of(token)
    if contact is None or not contact.address:
        return render(request, "cases/notices_off.html", {"contact": None}, status=404)
    done = ""
    if request.method == "POST":
        done = "all" if request.POST.get("off") == "all" else "case"
        (silence if done == "all" else end_contact)(contact, by=RESIDENT, at=now())
    return render(request, "cases/notices_off.html", {"contact": contact, "done": done})


@never_cache
@door(PUBLIC)
@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker that shows notices; it is bound to the pages that follow a report."""
    return render(request, "cases/push_worker.js", content_type="text/javascript")


@door(SIGNED_IN)
@require_safe
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was told about a case, addresses masked."""
    case = find_case(person_of(request), number)
    if case is None:
        raise Http404
    context = {"contacts": contacts_now(case), "notices": notices_of(case)[:MOST_SHOWN]}
    return render(request, "cases/notices_of_case.html", context)


@door(ADMIN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show how the channels stand, and the notices that were given up."""
    counts = dict(notice_counts(now()))
    channels = [
        (
            CHANNEL_LABELS[state.channel],
            state,
            [(NOTICE_STATE_LABELS[NoticeState(name)], n) for name, n in counts[state.channel].items()],
        )
        for state in channel_states()
    ]
    context = {
        "channels": channels,
        "state_labels": NOTICE_STATE_LABELS.values(),
        "failed": failed_notices()[:MOST_SHOWN],
    }
    return render(request, "cases/notices.html", context)


@door(ADMIN)
@require_POST
def again(request: HttpRequest, notice_number: int) -> HttpResponse:
    """Send a notice that was given up once more."""
    notice = get_object_or_404(ReporterNotice.objects.select_related("case"), pk=notice_number)
    try_notice_again(notice, by=person_of(request), at=now())
    return redirect("cases:notices")
