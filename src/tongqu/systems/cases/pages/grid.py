"""The grid worker's page: reports are kept on the phone and sent once, whatever the network does."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import PUBLIC, held_by
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.storing import keep_all, register, unit_of
from tongqu.shared.journal.actions import act
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role, UnitKind
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.forms.grid import GridForm
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.kinds import Source

POSTED = held_by(*Role)
STYLES = ("ui/tokens.css", "ui/ui.css", "ui/parts.css", "cases/grid/grid.css")
FILES = (*STYLES, "ui/icon.svg", "cases/grid/page.js", "cases/grid/send.js", "cases/grid/store.js")
"""What the page needs without a network."""

WORDS = {
    "kept": gettext_lazy("Kept on this phone"),
    "sending": gettext_lazy("Sending…"),
    "sentAs": gettext_lazy("Sent: case {number}"),
    "refused": gettext_lazy("Not taken: correct it"),
    "open": pgettext_lazy("act", "Open"),
    "correct": gettext_lazy("Correct it"),
    "remove": gettext_lazy("Delete"),
    "sendNow": gettext_lazy("Send now"),
    "photos": gettext_lazy("{count} photo(s)"),
    "placed": gettext_lazy("with position"),
    "why-offline": gettext_lazy("The server could not be reached; it is tried again by itself."),
    "why-busy": gettext_lazy("The server could not take it now; it is tried again by itself."),
    "why-signIn": gettext_lazy("You are not signed in any more. Sign in on this phone, then it is sent."),
    "why-tooLarge": gettext_lazy("The photos are too large together. Send fewer."),
    "others": gettext_lazy(
        "{count} report(s) of somebody else are kept on this phone. They are not shown; that person can send them."
    ),
    "removeAsk": gettext_lazy("Delete what has not been sent? It cannot be brought back."),
    "removeSent": gettext_lazy("It may have arrived although no answer came. Delete it from this phone?"),
    "at": gettext_lazy("Position {lon}, {lat}"),
    "noPlace": gettext_lazy("No position yet."),
    "finding": gettext_lazy("Finding your position…"),
    "noPosition": gettext_lazy("Your position is not available. Write an address or landmark instead."),
    "nobody": gettext_lazy("Nobody is signed in on this phone. Sign in once while there is a network."),
    "noText": gettext_lazy("Write a few words here."),
    "tooMany": gettext_lazy("Send at most 9 photos at once."),
    "full": gettext_lazy("The phone has no room for this. Delete some drafts or leave out photos."),
}
"""What the scripts of the page say."""


@never_cache
@door(POSTED)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the page to whoever is posted somewhere."""
    return render(request, "cases/grid.html", {**_context(), "person": person_of(request)})


@door(PUBLIC)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Return the page as the phone keeps it for times without a network: nothing of any person is in it."""
    styles = [static(name) for name in STYLES]
    return render(request, "cases/grid_offline.html", {**_context(), "styles": styles})


def _context() -> dict[str, Any]:
    return {"form": GridForm(), "words": {key: str(word) for key, word in WORDS.items()}}


@never_cache
@door(PUBLIC)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker, which answers for this page only."""
    context = {
        "version": _version(),
        "page": json.dumps(reverse("cases:grid")),
        "offline": json.dumps(reverse("cases:grid-offline")),
        "files": json.dumps([static(name) for name in FILES]),
    }
    return render(request, "cases/grid_worker.js", context, content_type="text/javascript")


@cache
def _version() -> str:
    """Return a mark that changes with any of the files."""
    digest = hashlib.sha256()
    for name in FILES:
        found = finders.find(name)
        digest.update(static(name).encode() + (Path(str(found)).read_bytes() if found else b""))
    return digest.hexdigest()[:16]


@never_cache
@door(POSTED)
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Take in one draft of the phone: 201 with the case, or 422 with what is wrong. Sent again it is the same case."""
    person = person_of(request)
    if request.POST.get("owner") != str(person.pk):
        return _refused([_("Somebody else wrote this report. It can only be sent by who wrote it.")], 409)
    form = GridForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(
            [f"{_label(form, name)}{error}" for name, all_ in form.errors.items() for error in all_]
        )
    try:
        case = _taken(form, person)
    except BadInput as refusal:
        return _refused([str(p) if p.file else str(p.message) for p in refusal.problems])
    return JsonResponse(
        {"number": case.number, "url": reverse("cases:detail", args=[case.number])}, status=201
    )


def _label(form: GridForm, name: str) -> str:
    return f"{form.fields[name].label or name} · " if name in form.fields else ""


def _refused(problems: list[str], status: int = 422) -> JsonResponse:
    return JsonResponse({"problems": problems}, status=status)


def _taken(form: GridForm, person: Person) -> Case:
    """Keep the photos and take the report in, as one act."""
    data, at = form.cleaned_data, now()
    kept = keep_all((file.name or "photo", file.read()) for file in data["photos"])
    with act():
        photos = [
            register(each, by=person, at=at, unit=unit_of(person), source="report").evidence for each in kept
        ]
        return report(
            text=data["text"],
            at=at,
            by=person,
            source=Source.GRID,
            lon=data["lon"],
            lat=data["lat"],
            division_code=_home(person),
            place_text=data["place_text"],
            matter_code=data["matter_code"],
            evidence=photos,
            idempotency_key=data["key"],
        )


def _home(person: Person) -> str:
    """Return the division that a territorial posting stands for: where a report without any position lies."""
    territories = (p.unit.division for p in person.postings_now if p.unit.kind == UnitKind.TERRITORY)
    return next((division.code for division in territories), "")
