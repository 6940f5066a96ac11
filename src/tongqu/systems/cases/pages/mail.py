"""The mailbox that reports come to: how it stands, which letters were set aside, what became of the latest."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import held_by
from tongqu.shared.clock import now
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.mail import settle_letter, try_letter_again
from tongqu.systems.cases.models.mail import OUTCOME_LABELS, LetterReceived, Mailbox
from tongqu.systems.cases.queries.mail import counts_by_outcome, latest_letters, set_aside
from tongqu.systems.cases.rules.mail import Outcome

ADMIN = held_by(Role.REGION_ADMIN)
MOST_ASIDE = 100
ACTS = {"again": try_letter_again, "settled": settle_letter}


@door(ADMIN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the mailboxes that were read, the newest look first."""
    at = now()
    boxes = [
        {
            "mailbox": mailbox,
            "counts": [(OUTCOME_LABELS[key], n) for key, n in counts_by_outcome(mailbox, at).items()],
            "aside": set_aside(mailbox)[:MOST_ASIDE],
            "latest": latest_letters(mailbox),
        }
        for mailbox in Mailbox.objects.order_by("-looked_at")[:3]
    ]
    return render(request, "cases/mail.html", {"boxes": boxes, "is_set": bool(settings.IMAP_URL)})


@door(ADMIN)
@require_POST
def letter(request: HttpRequest, letter_number: int, act: str) -> HttpResponse:
    """Try a letter that was set aside again, or say that it is settled."""
    if act not in ACTS:
        raise Http404
    row = get_object_or_404(LetterReceived, pk=letter_number, outcome=Outcome.PROBLEM)
    ACTS[act](row, by=person_of(request), at=now())
    return redirect("cases:mail")
