"""The board of open duties, and the notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.duties.actions.reminders import read_notices
from tongqu.shared.duties.forms import LAMP_WORDS, WHOSE_WORDS, BoardForm
from tongqu.shared.duties.models import Duty, Notice
from tongqu.shared.duties.pages.words import notice_text
from tongqu.shared.duties.queries import Whose, lamp_counts, notices_of, open_duties
from tongqu.shared.duties.rules import kind_of
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.shared.ui.table import Column, Table

_WATCHERS = frozenset({Role.DUTY_DESK, Role.AUDITOR, Role.REGION_ADMIN})


def usual_whose(person: Person) -> Whose:
    """Return what the board shows someone who has chosen nothing."""
    if person.roles & _WATCHERS:
        return Whose.ALL
    return Whose.UNIT if person.roles else Whose.MINE


def duty_link(duty: Duty) -> str:
    """Return the address of the duty's page."""
    return reverse("duties:detail", args=[duty.pk])


def columns(at: datetime) -> list[Column]:
    """Return the columns of the board."""
    return [
        Column("lamp", gettext_lazy("Lamp"), lambda duty: duty.lamp(at), kind="lamp"),
        Column("label", gettext_lazy("Duty"), link=duty_link),
        Column("kind", gettext_lazy("Kind"), lambda duty: kind_of(duty.kind).label),
        Column("unit", gettext_lazy("Unit"), lambda duty: duty.owner_unit.name),
        Column("person", gettext_lazy("Person"), lambda duty: str(duty.owner_person or "")),
        Column("due", gettext_lazy("Due"), lambda duty: duty.due_at, kind="instant", sort="due_at"),
        Column("paused", gettext_lazy("Paused"), lambda duty: duty.paused_at is not None, kind="flag"),
        Column("returns", gettext_lazy("Returns"), kind="number", sort="returns"),
        Column("opened", gettext_lazy("Opened"), lambda duty: duty.opened_at, kind="instant", optional=True),
        Column(
            "place", gettext_lazy("Place"), lambda duty: duty.division and duty.division.name, optional=True
        ),
    ]


@require_safe
@door(SIGNED_IN)
def board(request: HttpRequest) -> HttpResponse:
    """Show what is open: mine, my unit's, all in my sight."""
    at = now()
    person = person_of(request)
    form = BoardForm(request.GET, person=person)
    filters = form.filters(usual_whose(person))
    table = Table(
        "duties",
        columns(at),
        open_duties(person, at, filters),
        request,
        caption=_("Open duties"),
        order="due",
        empty_title=_("No open duties here"),
        empty_text=_("Nothing is owed that fits these filters."),
    )
    if table.is_download:
        return table.download()
    counts = lamp_counts(person, at, filters)
    lamps: list[dict[str, Any]] = [
        {
            "lamp": lamp,
            "word": word,
            "count": counts[lamp],
            "link": _link(request, lamp="" if filters.lamp == lamp else lamp.value),
        }
        for lamp, word in LAMP_WORDS.items()
    ]
    tabs = [
        {"word": word, "link": _link(request, whose=whose.value), "is_here": whose == filters.whose}
        for whose, word in WHOSE_WORDS.items()
    ]
    context = {
        "table": table,
        "filter_form": form,
        "lamps": lamps,
        "tabs": tabs,
        "total": sum(counts.values()),
        "all_lamps": _link(request, lamp=""),
    }
    return render(request, "duties/board.html", context)


def _link(request: HttpRequest, **changes: str) -> str:
    """Return the address of the board with some filters changed."""
    query = {key: value for key, value in request.GET.items() if value and key not in ("page", "export")}
    query |= changes
    return f"?{urlencode({key: value for key, value in query.items() if value})}"


@require_safe
@door(SIGNED_IN)
def notices(request: HttpRequest) -> HttpResponse:
    """Show the person's notices."""
    table = Table(
        "notices",
        [
            Column("at", gettext_lazy("When"), kind="instant"),
            Column("what", gettext_lazy("Notice"), notice_text, link=lambda n: duty_link(n.duty)),
            Column("unit", gettext_lazy("Unit"), lambda notice: notice.duty.owner_unit.name),
            Column("new", gettext_lazy("New"), lambda notice: notice.read_at is None, kind="flag"),
        ],
        notices_of(person_of(request)),
        request,
        caption=_("Notices"),
        export=False,
        empty_title=_("No notices"),
        empty_text=_("You are told here when a duty comes near its due time, is late, or changes hands."),
    )
    unread = Notice.objects.filter(person=person_of(request), read_at=None).exists()
    return render(request, "duties/notices.html", {"table": table, "has_unread": unread})


@require_POST
@door(SIGNED_IN)
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark the person's notices as read."""
    count = read_notices(person_of(request), at=now())
    text = ngettext("%(count)d notice marked as read.", "%(count)d notices marked as read.", count)
    messages.success(request, text % {"count": count})
    return redirect("duties:notices")
