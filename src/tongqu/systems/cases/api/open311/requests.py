"""Service requests: filed, searched, read; and their numbers found by a token."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import address_of, door
from tongqu.shared.access.rules import PUBLIC
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.storing import Kept, keep_all
from tongqu.shared.region.models import Person
from tongqu.shared.region.queries import the_region
from tongqu.systems.cases.actions.open311 import file_request
from tongqu.systems.cases.api.open311.answers import answer
from tongqu.systems.cases.api.open311.frame import Refused, caller_of, check_budget, open311, refusal_of, sent
from tongqu.systems.cases.api.open311.reading import filing_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.open311 import (
    Request311,
    Search,
    found,
    known_codes,
    numbered,
    service,
    shown,
    with_token,
)
from tongqu.systems.cases.rules.open311 import MOST_REQUESTS, SpanTooLong, instant, span

MOST_PHOTOS = 9
MOST_TOKENS_A_MINUTE = 30


@door(PUBLIC)
@open311("GET", "HEAD", "POST")
def many(request: HttpRequest, *, form: str) -> HttpResponse:
    """File a request, or answer those that are asked for."""
    if request.method == "POST":
        return _filed(request, form)
    caller, query = caller_of(request), request.GET
    if numbers := _words(query.get("service_request_id", "")):
        cases = numbered(numbers[:MOST_REQUESTS], caller)
    else:
        cases = found(_search(request, now()), caller)
    return _answered(form, cases, caller)


@door(PUBLIC)
@open311("GET", "HEAD")
def one(request: HttpRequest, *, form: str, number: str) -> HttpResponse:
    """Answer one request."""
    caller = caller_of(request)
    cases = numbered([number], caller)
    if not cases:
        raise Refused(404, _("service_request_id: “%(number)s” was not found.") % {"number": number[:40]})
    return _answered(form, cases, caller)


@door(PUBLIC)
@open311("GET", "HEAD")
def token(request: HttpRequest, *, form: str, token: str) -> HttpResponse:
    """Answer the number of the request with the token, which is its tracking code."""
    check_budget(f"track:{address_of(request)}", MOST_TOKENS_A_MINUTE)
    case = with_token(token)
    if case is None:
        raise Refused(404, _("token: “%(token)s” was not found.") % {"token": token[:40]})
    return answer(
        form, "service_requests", [{"service_request_id": case.number, "token": case.tracking_code}]
    )


def _filed(request: HttpRequest, form: str) -> HttpResponse:
    by = caller_of(request)
    if by is None:
        raise Refused(403, _("api_key: missing. Send a token with the scope cases:write."))
    matter, fields, at = _matter(request), sent(request), now()
    try:
        filing = filing_of(fields, matter)
        case = file_request(
            filing,
            photos=_photos(request),
            by=by,
            at=at,
            idempotency_key=request.headers.get("Idempotency-Key", "").strip(),
        )
    except BadInput as bad:
        raise refusal_of(bad) from bad
    return answer(form, "service_requests", [_receipt(request, case)])


def _receipt(request: HttpRequest, case: Case) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("cases:track", args=[case.tracking_code]))
    return {
        "service_request_id": case.number,
        "service_notice": _("Follow your report at %(address)s") % {"address": address},
        "account_id": case.open311.account_id or None,
    }


def _matter(request: HttpRequest) -> Matter:
    code = sent(request).get("service_code", "").strip()
    if not code:
        raise Refused(400, _("service_code: missing. Take one from services."))
    matter = service(code) if "\0" not in code else None
    if matter is None:
        say = _("service_code: “%(code)s” was not found. Look it up in services.")
        raise Refused(404, say % {"code": code[:40]})
    return matter


def _photos(request: HttpRequest) -> list[Kept]:
    """Check the pictures that came along and make them stand in the store."""
    files = [*request.FILES.getlist("media"), *request.FILES.getlist("media[]")]
    if len(files) > MOST_PHOTOS:
        raise Refused(400, _("media: at most %(most)s pictures are taken.") % {"most": MOST_PHOTOS})
    return keep_all((file.name or "photo", file.read()) for file in files)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("\0", "").split(",") if word.strip()]


def _search(request: HttpRequest, at: datetime) -> Search:
    """Read the filters; raises `Refused` with everything that is wrong with them."""
    query, wrong = request.GET, []
    codes, statuses = _words(query.get("service_code", "")), _words(query.get("status", ""))
    if unknown := [code for code in codes if code not in known_codes(codes)]:
        say = _("service_code: “%(code)s” was not found. Look it up in services.")
        raise Refused(404, *[say % {"code": code[:40]} for code in unknown[:20]])
    if not set(statuses) <= {"open", "closed"}:
        wrong.append(_("status: write open or closed."))
    ends = {}
    for name in ("start_date", "end_date"):
        text = query.get(name, "").strip()
        ends[name] = instant(text) if text else None
        if text and ends[name] is None:
            wrong.append(
                _("%(name)s: write an instant with its zone, such as 2010-01-01T00:00:00Z.") % {"name": name}
            )
    page, size = (
        _count(query.get("page", ""), 1, 10**6),
        _count(query.get("page_size", ""), MOST_REQUESTS, MOST_REQUESTS),
    )
    if page is None or size is None:
        wrong.append(_("page, page_size: write whole numbers from 1; at most 1,000 requests make a page."))
    try:
        since, until = span(ends["start_date"], ends["end_date"], at)
    except SpanTooLong:
        raise Refused(400, _("start_date, end_date: the span must be 0 to 90 days.")) from None
    if wrong or page is None or size is None:
        raise Refused(400, *wrong)
    return Search(since, until, codes, statuses, page, size)


def _count(text: str, default: int, most: int) -> int | None:
    text = text.strip()
    if not text:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    return number if 1 <= number <= most else None


def _answered(form: str, cases: Sequence[Case], caller: Person | None) -> HttpResponse:
    zone = ZoneInfo(the_region().time_zone)
    return answer(form, "service_requests", [_request(each, zone) for each in shown(cases, caller)])


def _request(seen: Request311, zone: ZoneInfo) -> dict[str, Any]:
    """Return the request in the fields of the standard; what may not be seen is null."""
    expected = seen.expected_at
    return {
        "service_request_id": seen.number,
        "status": "open" if seen.is_open else "closed",
        "status_notes": seen.notes or None,
        "service_name": seen.name,
        "service_code": seen.code,
        "description": seen.description or None,
        "agency_responsible": seen.agency or None,
        "service_notice": seen.notice or None,
        "requested_datetime": _w3(seen.requested_at, zone),
        "updated_datetime": _w3(seen.updated_at, zone),
        "expected_datetime": _w3(expected, zone) if expected else None,
        "address": seen.address or None,
        "address_id": seen.address_id or None,
        "zipcode": None,
        "lat": seen.lat,
        "long": seen.lon,
        "media_url": seen.media_url or None,
    }


def _w3(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
