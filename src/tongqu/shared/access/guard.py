"""Enforces the rule on every view; a view without a rule is refused.

`DenyByDefault` is the one place where a request meets its rule: pages by `@door`, operations of the API by
`@door` and `@scope`, views that others wrote by the table `rules.THIRD_PARTY`.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja.operation import Operation, PathView
from ninja.utils import check_csrf

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.actions.sessions import OPEN_SESSION, note_seen
from tongqu.shared.access.actions.tokens import note_used
from tongqu.shared.access.api_frame import is_api, problem_from, problem_response, scope_on
from tongqu.shared.access.models import Token
from tongqu.shared.access.queries import token_of
from tongqu.shared.access.rules import THIRD_PARTY, Budget, Door, NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person

View = TypeVar("View", bound=Callable[..., Any])
log = logging.getLogger(__name__)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SEEN_EVERY_SECONDS = 300
_BEARER = 'Bearer realm="tongqu"'


def door(rule: Door) -> Callable[[View], View]:
    """Put a rule on a view or an API operation: `@door(PUBLIC)`, `@door(SIGNED_IN)`, `@door(held_by(Role.AUDITOR))`."""

    def mark(view: View) -> View:
        view.door = rule  # type: ignore[attr-defined]
        return view

    return mark


def person_of(request: HttpRequest) -> Person:
    """Return who is signed in or whose token calls; raises `PermissionDenied` when nobody is."""
    if isinstance(request.user, Person):
        return request.user
    raise PermissionDenied


def token_used(request: HttpRequest) -> Token | None:
    """Return the token that the call was made with, or None when it came from a browser session."""
    return getattr(request, "token", None)


def address_of(request: HttpRequest) -> str:
    """Return the address that the request came from.

    It is the connection's own; a header is believed only behind a proxy that was declared by a setting, and then
    only its last entry, which that proxy wrote itself.
    """
    if settings.BEHIND_PROXY:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
        if last := forwarded.rsplit(",", 1)[-1].strip():
            return last[:45]
    return str(request.META.get("REMOTE_ADDR") or "")[:45]


def rule_of(view: Callable[..., Any], method: str = "GET", view_name: str = "") -> Door | None:
    """Return the rule on a view (for the API: on its operation for the method), or None when it has none."""
    operation = operation_of(view, method)
    target: Any = operation.view_func if operation is not None else view
    found = getattr(target, "door", None) or getattr(getattr(target, "view_class", None), "door", None)
    return found if isinstance(found, Door) else THIRD_PARTY.get(view_name)


def operations_of(view: Callable[..., Any]) -> list[Operation]:
    """Return the API operations that stand behind a view; none for a page."""
    for cell in getattr(view, "__closure__", None) or ():
        # django-ninja gives each address one view, a closure over the operations of that address.
        if isinstance(cell.cell_contents, PathView):
            return cell.cell_contents.operations
    return []


def operation_of(view: Callable[..., Any], method: str) -> Operation | None:
    """Return the API operation that answers the method on this view, or None."""
    return next((op for op in operations_of(view) if method in op.methods), None)


class DenyByDefault:
    """Middleware: lets a request through only as far as the rule on its view allows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; an error of the API leaves as a problem, whoever made it."""
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            # No text of ours holds it, and PostgreSQL refuses it.
            return problem_response(400, "nul") if is_api(request) else HttpResponseBadRequest()
        if not is_api(request):
            return self.get_response(request)
        if (refusal := _too_large(request)) is not None:
            return refusal
        response = self.get_response(request)
        if response.status_code >= 400 and not response.get("Content-Type", "").endswith("problem+json"):
            response = problem_from(response)
        return _with_budget(request, response)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse a view without a rule; send strangers to the sign-in page and others away."""
        if operations_of(view):
            return _api_call(request, view)
        match = request.resolver_match
        rule = rule_of(view, view_name=match.view_name if match else "")
        if rule is None:
            log.error("No rule stands on the view %r; it stays closed", view)
            raise PermissionDenied
        if _opens(rule, request):
            _see(request)
            return None
        if isinstance(request.user, Person):
            raise PermissionDenied
        return problem_response(401, "unauthenticated") if is_api(request) else _to_sign_in(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Turn a refusal that a page did not handle itself into its answer: 403 or 422."""
        if isinstance(error, NotAllowed):
            return render(request, "403.html", {"exception": str(error)}, status=403)
        if isinstance(error, BadInput):
            return render(request, "access/bad_input.html", {"problems": error.problems}, status=422)
        return None


def _see(request: HttpRequest) -> None:
    """Note from time to time that a session is in use, so that its owner can tell it from a forgotten one."""
    number = request.session.get(OPEN_SESSION) if isinstance(request.user, Person) else None
    if number is not None and cache.add(f"seen:{number}", True, timeout=SEEN_EVERY_SECONDS):
        note_seen(number, address=address_of(request), at=now())


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in page, and afterwards back; a fragment asks the browser to do so."""
    if request.headers.get("HX-Request"):
        target = redirect_to_login(request.headers.get("HX-Current-URL", "/")).headers["Location"]
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return redirect_to_login(request.get_full_path() if request.method in SAFE_METHODS else "/")


def _opens(rule: Door, request: HttpRequest) -> bool:
    person = request.user if isinstance(request.user, Person) else None
    if person is None:
        return rule.opens_to(signed_in=False, roles=frozenset())
    return rule.opens_to(signed_in=True, roles=person.roles, is_staff=person.is_staff)


def _api_call(request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase | None:
    """Let one API call through: who calls, how often, with which scope, through which door."""
    operation = operation_of(view, request.method or "")
    if operation is None:
        return None
    refusal = _identify(request)
    if (throttled := _throttle(request)) is not None:
        return throttled
    if refusal is not None:
        return refusal
    rule = rule_of(view, request.method or "")
    if rule is None:
        log.error("No rule stands on the operation %s", operation.view_func)
        return problem_response(403, "forbidden")
    if not _opens(rule, request):
        return _refusal(request)
    return _check_way_in(request, operation, rule)


def _refusal(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, Person):
        return problem_response(403, "forbidden", _("Your roles do not allow this."))
    answer = problem_response(
        401, "unauthenticated", _("Send a token (Authorization: Bearer …), or sign in.")
    )
    answer["WWW-Authenticate"] = _BEARER
    return answer


def bearer_of(request: HttpRequest) -> Token | None:
    """Return the token in the header if it holds now, or None."""
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    return token_of(text.strip(), now()) if kind.lower() == "bearer" else None


def _identify(request: HttpRequest) -> HttpResponse | None:
    """Take the caller from the token; a token that does not hold is refused, even where none is needed."""
    if "Authorization" not in request.headers:
        return None
    # A token speaks for itself: the session that a browser may have sent as well counts for nothing.
    request.user = AnonymousUser()
    token = bearer_of(request)
    if token is None:
        answer = problem_response(401, "invalid-token", _("The token is unknown, expired or revoked."))
        answer["WWW-Authenticate"] = f'{_BEARER}, error="invalid_token"'
        return answer
    request.user = token.person
    request.token = token  # type: ignore[attr-defined]
    if cache.add(f"used:{token.pk}", True, timeout=SEEN_EVERY_SECONDS):
        note_used(token, address=address_of(request), at=now())
    return None


def _check_way_in(request: HttpRequest, operation: Operation, rule: Door) -> HttpResponse | None:
    """Check the token's scope, or of a session the CSRF token of an unsafe call."""
    token = token_used(request)
    needed = scope_on(operation.view_func)
    if token is None:
        if isinstance(request.user, Person) and request.method not in SAFE_METHODS and check_csrf(request):
            return problem_response(403, "csrf", _("Send the header X-CSRFToken with a call from a browser."))
        return None
    if rule.public or (needed is not None and needed in token.scope_set):
        return None
    say = _("The token lacks the scope %(scope)s.") % {"scope": needed or "-"}
    answer = problem_response(403, "insufficient-scope", say)
    answer["WWW-Authenticate"] = f'{_BEARER}, error="insufficient_scope", scope="{needed or ""}"'
    return answer


def _too_large(request: HttpRequest) -> HttpResponse | None:
    """Refuse a body that says itself to be too large, before any of it is parsed."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_upload = (request.content_type or "").startswith("multipart/")
    most = settings.UPLOAD_LARGEST_BYTES if is_upload else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if not length.isdecimal() or int(length) <= most:
        return None
    say = _("The body has %(length)s bytes; at most %(most)s are taken.") % {"length": length, "most": most}
    return problem_response(413, "too-large", say)


def _caller(request: HttpRequest) -> tuple[str, int]:
    """Return the name under which calls are counted, and how many a minute are allowed."""
    token = token_used(request)
    if token is not None:
        return f"token:{token.pk}", settings.API_CALLS_PER_MINUTE
    if isinstance(request.user, Person):
        return f"person:{request.user.pk}", settings.API_CALLS_PER_MINUTE
    return f"address:{address_of(request)}", settings.API_CALLS_PER_MINUTE_ANONYMOUS


def spend(name: str, most: int) -> Budget:
    """Count one call in the caller's running minute and return what is left of it.

    The minute begins with a caller's first call, so that nobody gets two budgets by calling around the turn of one.
    Real time counts here, also where the clock of the demo stands still.
    """
    # Hashed, because an address or a name may hold what a cache key must not.
    key = "calls:" + hashlib.sha256(name.encode()).hexdigest()
    now = time.monotonic()
    began = float(cache.get_or_set(f"{key}:began", now, timeout=60) or now)
    # Longer than its minute: a counter that ended between the two calls could not be raised.
    cache.add(f"{key}:{began}", 0, timeout=120)
    return Budget.of(most, began=began, now=now).after(cache.incr(f"{key}:{began}"))


def _throttle(request: HttpRequest) -> HttpResponse | None:
    name, most = _caller(request)
    budget = spend(name, most)
    request.budget = budget  # type: ignore[attr-defined]
    if not budget.is_spent:
        return None
    say = _("At most %(most)s calls a minute. Try again in %(wait)s s.")
    answer = problem_response(429, "too-many-calls", say % {"most": most, "wait": budget.seconds_left})
    answer["Retry-After"] = str(budget.seconds_left)
    return answer


def _with_budget(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    budget: Budget | None = getattr(request, "budget", None)
    if budget is not None:
        response["RateLimit-Limit"] = str(budget.most)
        response["RateLimit-Remaining"] = str(budget.left)
        response["RateLimit-Reset"] = str(budget.seconds_left)
    response["Cache-Control"] = response.get("Cache-Control") or "no-store"
    return response
