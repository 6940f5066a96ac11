"""The account page: one's own password, language, sessions and tokens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.actions.people import change_password
from tongqu.shared.access.actions.sessions import OPEN_SESSION, end_session, end_sessions, rename_session
from tongqu.shared.access.actions.tokens import make_token, revoke_token
from tongqu.shared.access.forms import ChangePasswordForm, TokenForm
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.queries import sessions_of, tokens_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now


@door(SIGNED_IN)
@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is, the open sessions and the tokens."""
    return render(request, "access/account.html", _context(request))


def _context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    person = person_of(request)
    return {
        "person": person,
        "languages": settings.LANGUAGES,
        "sessions": sessions_of(person),
        "here": request.session.session_key,
        "tokens": tokens_of(person),
        "token_form": TokenForm(),
        "at": now(),
        **more,
    }


@door(SIGNED_IN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session ends."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        messages.success(request, _("The password is changed. Your other sessions were ended."))
        return redirect("access:account")
    status = 422 if form.errors else 200
    return render(request, "access/password.html", {"form": form}, status=status)


def _changed(request: HttpRequest, form: ChangePasswordForm) -> bool:
    person = person_of(request)
    if not person.check_password(form.cleaned_data["old"]):
        form.add_error("old", _("This is not your present password. Type it again."))
        return False
    keep = request.session.session_key or ""
    try:
        changed = change_password(person, form.cleaned_data["new"], by=person, at=now(), keep=keep)
    except BadInput as bad:
        for problem in bad.problems:
            form.add_error("new", str(problem.message))
        return False
    update_session_auth_hash(request, changed)
    if OPEN_SESSION in request.session:
        rename_session(request.session[OPEN_SESSION], request.session.session_key or "")
    return True


@door(SIGNED_IN)
@require_POST
def end_one_session(request: HttpRequest, number: int) -> HttpResponse:
    """End one of one's own sessions."""
    person = person_of(request)
    end_session(get_object_or_404(sessions_of(person), pk=number), by=person, at=now())
    messages.success(request, _("The session was ended."))
    return redirect("access:account")


@door(SIGNED_IN)
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    person = person_of(request)
    ended = end_sessions(person, by=person, at=now(), but=request.session.session_key or "")
    messages.success(request, _("%(count)s sessions were ended.") % {"count": ended})
    return redirect("access:account")


@door(SIGNED_IN)
@never_cache
@require_POST
def tokens(request: HttpRequest) -> HttpResponse:
    """Make a token and show its text, this once."""
    person = person_of(request)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return render(request, "access/account.html", _context(request, token_form=form), status=422)
    made = make_token(person, **form.cleaned_data, by=person, at=now())
    return render(request, "access/account.html", _context(request, made=made))


@door(SIGNED_IN)
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Revoke one of one's own tokens."""
    person = person_of(request)
    revoke_token(get_object_or_404(tokens_of(person), pk=number), by=person, at=now())
    messages.success(request, _("The token was revoked."))
    return redirect("access:account")
