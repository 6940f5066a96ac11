"""What every Open311 call passes through: language, caller, rate, jurisdiction, and errors in the standard's form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.actions.tokens import note_used
from tongqu.shared.access.guard import SEEN_EVERY_SECONDS, address_of, bearer_of, spend
from tongqu.shared.access.models import Token
from tongqu.shared.access.queries import token_of
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.shared.region.queries import NoRegion, the_region
from tongqu.systems.cases.api.open311.answers import FORMATS, errors

View = Callable[..., HttpResponse]
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class Refused(Exception):
    """A call that is refused with a status and one or more descriptions."""

    def __init__(self, status: int, *descriptions: str, wait_s: int | None = None) -> None:
        self.status, self.descriptions, self.wait_s = status, descriptions, wait_s
        super().__init__("; ".join(descriptions))


def open311(*methods: str) -> Callable[[View], View]:
    """Make a view an Open311 call for these methods; put `@door(PUBLIC)` above it.

    The view is called with the format; the session that a browser may send along counts for nothing, so that no
    other site can file with it: only a key opens what needs one.
    """

    def dress(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def call(request: HttpRequest, form: str, **parts: str) -> HttpResponse:
            with translation.override(language_of(request)):
                try:
                    _check_call(request, form, methods)
                    return view(request, form=form, **parts)
                except Refused as refusal:
                    return _refused(form, refusal, methods)

        return call

    return dress


def _refused(form: str, refusal: Refused, methods: tuple[str, ...]) -> HttpResponse:
    response = errors(form, refusal.status, refusal.descriptions)
    if refusal.wait_s is not None:
        response["Retry-After"] = str(refusal.wait_s)
    if refusal.status == 405:
        response["Allow"] = ", ".join(methods)
    return response


def _check_call(request: HttpRequest, form: str, methods: tuple[str, ...]) -> None:
    if form not in FORMATS:
        raise Refused(404, _("There is no format “%(form)s”. Ask for .xml or .json.") % {"form": form})
    if request.method not in methods:
        raise Refused(405, _("This address does not take %(method)s.") % {"method": request.method})
    _check_rate(request)
    _check_jurisdiction(sent(request).get("jurisdiction_id", "").strip())


def language_of(request: HttpRequest) -> str:
    """Return the language that `locale` names, else that of the request (the header Accept-Language)."""
    wanted = request.GET.get("locale", "").strip().lower().replace("_", "-")
    wanted = {"zh-cn": "zh-hans", "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh": "zh-hans"}.get(wanted, wanted)
    try:
        return (
            translation.get_supported_language_variant(wanted) if wanted else translation.get_language() or ""
        )
    except LookupError:
        return translation.get_language() or ""


def sent(request: HttpRequest) -> QueryDict:
    """Return what was sent: the form of a POST, else the query. Raises `Refused` for a body that cannot be read."""
    if request.method != "POST":
        return request.GET
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.UPLOAD_LARGEST_BYTES:
        raise Refused(400, _too_large())
    try:
        return request.POST
    except TOO_LARGE:
        raise Refused(400, _too_large()) from None
    except (MultiPartParserError, BadRequest, UnicodeError, LookupError):
        raise Refused(400, _("The form cannot be read. Send it as a form in UTF-8.")) from None


def _too_large() -> str:
    return _("The form is too large. Send less at once.")


def _check_rate(request: HttpRequest) -> None:
    """Count the call: by key when one was sent that holds, else by address."""
    token = key_of(request)
    name = f"token:{token.pk}" if token is not None else f"open311:{address_of(request)}"
    most = settings.API_CALLS_PER_MINUTE if token is not None else settings.API_CALLS_PER_MINUTE_ANONYMOUS
    check_budget(name, most)


def check_budget(name: str, most: int) -> None:
    """Raise `Refused` when the caller of that name has made more calls in their minute."""
    budget = spend(name, most)
    if budget.is_spent:
        say = _("At most %(most)s calls a minute. Try again in %(wait)s s.")
        raise Refused(429, say % {"most": most, "wait": budget.seconds_left}, wait_s=budget.seconds_left)


def _check_jurisdiction(wanted: str) -> None:
    try:
        own = {settings.OPEN311_JURISDICTION, the_region().root.code} - {""}
    except NoRegion as nothing:
        raise Refused(400, str(nothing)) from nothing
    if wanted and wanted not in own:
        say = _("jurisdiction_id: “%(wanted)s” was not found. This server serves %(own)s.")
        raise Refused(404, say % {"wanted": wanted[:80], "own": jurisdiction()})


def jurisdiction() -> str:
    """Return the jurisdiction that this server names itself: the setting, else the code of the region."""
    return settings.OPEN311_JURISDICTION or the_region().root.code


def key_of(request: HttpRequest) -> Token | None:
    """Return the token that was sent as `api_key` or as a bearer, if it holds now; read once a call."""
    if not hasattr(request, "open311_key"):
        text = sent(request).get("api_key", "").strip()
        found = token_of(text, now()) if text else bearer_of(request)
        request.open311_key = found  # type: ignore[attr-defined]
    key: Token | None = request.open311_key  # type: ignore[attr-defined]
    return key


def caller_of(request: HttpRequest) -> Person | None:
    """Return who calls, or None without a key; raises `Refused` for a key that does not hold or may not do this."""
    token = key_of(request)
    if token is None:
        if sent(request).get("api_key", "").strip() or "Authorization" in request.headers:
            raise Refused(403, _("api_key: unknown, expired or revoked. Make a new one under Account."))
        return None
    if TokenScope.CASES_WRITE not in token.scope_set:
        raise Refused(
            403, _("api_key: the token lacks the scope %(scope)s.") % {"scope": TokenScope.CASES_WRITE}
        )
    if cache.add(f"used:{token.pk}", True, timeout=SEEN_EVERY_SECONDS):
        note_used(token, address=address_of(request), at=now())
    return token.person


def refusal_of(bad: BadInput) -> Refused:
    """Return a refused input as the standard says it: 400, one description for each problem."""
    return Refused(400, *[described(problem) for problem in bad.problems])


NAMES = {"lon": "long", "matter_code": "service_code", "division_code": "address_id", "text": "description"}


def described(problem: Problem) -> str:
    """Return what is wrong with the standard's name of the field before it."""
    place = NAMES.get(problem.field, problem.field) or problem.file
    return f"{place}: {problem.message}" if place else str(problem.message)


def named(field: str, say: str, **values: Any) -> Problem:
    """Return a problem of a field."""
    return Problem(say % values if values else say, code=field, field=field)
