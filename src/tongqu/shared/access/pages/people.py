"""The people who sign in, for region administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.actions.people import create_person, deactivate, issue_link, reactivate
from tongqu.shared.access.actions.sessions import end_sessions
from tongqu.shared.access.forms import PersonForm
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.queries import may_administer, people_of, sessions_of, tokens_of
from tongqu.shared.access.rules import NotAllowed, held_by
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role

ADMIN = held_by(Role.REGION_ADMIN)
ON_ONE_PAGE = 50


@door(ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """List the people in the administrator's territory; make a new one."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_person(**form.cleaned_data, by=person_of(request), at=now())
        except BadInput as bad:
            for problem in bad.problems:
                form.add_error(problem.field, str(problem.message))
        else:
            return _with_link(request, made)
    words = request.GET.get("q", "").strip()[:60]
    found = people_of(person_of(request))
    if words:
        found = found.filter(Q(username__icontains=words) | Q(name__icontains=words))
    page = Paginator(found.order_by("username"), ON_ONE_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "q": words}
    return render(request, "access/people.html", context, status=422 if form.errors else 200)


def _found(request: HttpRequest, number: int) -> Person:
    """Return one of the people the administrator looks after; anyone else is not there."""
    return get_object_or_404(people_of(person_of(request)), pk=number)


@door(ADMIN)
@never_cache
@require_GET
def person(request: HttpRequest, number: int) -> HttpResponse:
    """Show one person: postings, sessions, tokens."""
    return render(request, "access/person.html", _context(request, _found(request, number)))


def _context(request: HttpRequest, found: Person, **more: Any) -> dict[str, Any]:
    return {
        "person": found,
        "sessions": sessions_of(found),
        "tokens": tokens_of(found),
        "mine": may_administer(person_of(request), found),
        **more,
    }


def _act(request: HttpRequest, number: int, change: Callable[..., object], say: str) -> HttpResponse:
    change(_found(request, number), by=person_of(request), at=now())
    messages.success(request, say)
    return redirect("access:person", number)


@door(ADMIN)
@require_POST
def deactivate_person(request: HttpRequest, number: int) -> HttpResponse:
    """Close a person's way in."""
    if number == person_of(request).pk:
        raise NotAllowed(_("You cannot deactivate yourself. Ask another administrator."))
    return _act(request, number, deactivate, _("The person can no longer sign in."))


@door(ADMIN)
@require_POST
def reactivate_person(request: HttpRequest, number: int) -> HttpResponse:
    """Open a person's way in again."""
    return _act(request, number, reactivate, _("The person can sign in again."))


@door(ADMIN)
@require_POST
def end_all_sessions(request: HttpRequest, number: int) -> HttpResponse:
    """End a person's sessions."""
    found = _found(request, number)
    if not may_administer(person_of(request), found):
        raise NotAllowed(_("You may administer only people whose units all lie in your territory."))
    return _act(request, number, end_sessions, _("The sessions were ended."))


@door(ADMIN)
@never_cache
@require_POST
def link(request: HttpRequest, number: int) -> HttpResponse:
    """Make a one-time link for a new password and show it, this once."""
    return _with_link(request, _found(request, number))


def _with_link(request: HttpRequest, found: Person) -> HttpResponse:
    uid, mark = issue_link(found, by=person_of(request), at=now())
    address = request.build_absolute_uri(reverse("access:new-password", args=[uid, mark]))
    fresh = _found(request, found.pk)
    return render(request, "access/person.html", _context(request, fresh, link=address))
