"""Signing in and out, and choosing a password by a link."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.actions.people import change_password, choose_language
from tongqu.shared.access.actions.sessions import (
    OPEN_SESSION,
    note_failed_sign_in,
    note_sign_in,
    note_sign_out,
)
from tongqu.shared.access.forms import NewPasswordForm, SignInForm
from tongqu.shared.access.guard import address_of, door, person_of, spend
from tongqu.shared.access.rules import PUBLIC, SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person


@door(PUBLIC)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for login and password."""
    onward = _onward(request)
    if request.method != "POST":
        if isinstance(request.user, Person):
            return redirect(onward)
        return render(request, "access/sign_in.html", {"form": SignInForm(), "next": onward})
    budget = spend(f"sign-in:{address_of(request)}", settings.SIGN_INS_PER_MINUTE)
    if budget.is_spent:
        return _try_later(request, budget.seconds_left)
    form = SignInForm(request.POST)
    person = _authenticated(request, form) if form.is_valid() else None
    if person is not None:
        _begin(request, person)
        response = redirect(onward)
        if person.language:
            set_language_cookie(response, person.language)
        return response
    if form.is_valid():
        form.add_error(None, _("Login or password is wrong. Check both and try again."))
    return render(request, "access/sign_in.html", {"form": form, "next": onward}, status=422)


def _authenticated(request: HttpRequest, form: SignInForm) -> Person | None:
    """Return the person that login and password belong to; a failure is recorded against a known login."""
    data = form.cleaned_data
    person = authenticate(request, username=data["username"], password=data["password"])
    if isinstance(person, Person):
        return person
    known = Person.objects.filter(username=data["username"]).first()
    locked = bool(getattr(request, "axes_locked_out", False))
    # While locked out nothing is tried any more; only the attempt that locked has a number of failures.
    if known is not None and not (locked and not getattr(request, "axes_failures_since_start", 0)):
        note_failed_sign_in(known, address=address_of(request), locked_out=locked, at=now())
    return None


def _begin(request: HttpRequest, person: Person) -> None:
    """Open the session under a new key, so that a key planted before is worth nothing."""
    login(request, person)
    request.session.cycle_key()
    opened = note_sign_in(
        person,
        session_key=request.session.session_key or "",
        device=request.headers.get("User-Agent", ""),
        address=address_of(request),
        at=now(),
    )
    request.session[OPEN_SESSION] = opened.pk


def _onward(request: HttpRequest) -> str:
    """Return where to go after signing in: only to an address of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@door(SIGNED_IN)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    note_sign_out(person_of(request), session_key=request.session.session_key or "", at=now())
    logout(request)
    return redirect("access:sign-in")


def locked_out(request: HttpRequest, _response: Any = None, credentials: Any = None) -> HttpResponse:
    """Answer a sign-in that was throttled after too many failures, and say when to try again."""
    username = (credentials or {}).get("username", "")
    last = (
        AccessAttempt.objects.filter(username=username, ip_address=address_of(request))
        .order_by("-attempt_time")
        .first()
    )
    cool_off = get_cool_off(request) or timedelta()
    # django-axes reads the real clock itself, so its instants are compared with its own.
    begun = last.attempt_time if last else request.axes_attempt_time  # type: ignore[attr-defined]
    left = begun + cool_off - request.axes_attempt_time  # type: ignore[attr-defined]
    return _try_later(request, max(1, math.ceil(left / timedelta(seconds=1))))


def _try_later(request: HttpRequest, seconds: int) -> HttpResponse:
    context = {"seconds": seconds, "minutes": math.ceil(seconds / 60)}
    response = render(request, "access/locked_out.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


@door(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, uid: str, mark: str) -> HttpResponse:
    """Let the holder of a one-time link choose a password. Only a POST uses the link up."""
    person = _holder(uid)
    if person is None or not default_token_generator.check_token(person, mark):
        return render(request, "access/link_void.html", status=410)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_password(person, form.cleaned_data["new"], by=person, at=now())
        except BadInput as bad:
            for problem in bad.problems:
                form.add_error("new", str(problem.message))
        else:
            return redirect("access:sign-in")
    status = 422 if form.errors else 200
    response = render(request, "access/new_password.html", {"form": form, "person": person}, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _holder(uid: str) -> Person | None:
    """Return the active person that the first part of a link names, or None."""
    try:
        number = int(urlsafe_base64_decode(uid))
    except (ValueError, OverflowError, ValidationError):
        return None
    return Person.objects.filter(pk=number, is_active=True).first()


@door(PUBLIC)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show the pages in another language from now on; kept for whoever is signed in."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        raise Http404
    if isinstance(request.user, Person):
        choose_language(request.user, wanted, by=request.user, at=now())
    response = redirect(_onward(request))
    set_language_cookie(response, wanted)
    return response


def set_language_cookie(response: HttpResponse, wanted: str) -> None:
    """Have the browser keep the language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=365 * 24 * 3600,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
