"""Discovery, the list of services, and the definition of one."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import PUBLIC
from tongqu.shared.region.queries import the_region
from tongqu.systems.cases.api.open311.answers import MEDIA_TYPES, answer
from tongqu.systems.cases.api.open311.frame import Refused, open311
from tongqu.systems.cases.models.labels import TRACK_LABELS
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.open311 import service, services, services_changed_at
from tongqu.systems.cases.rules.kinds import Track
from tongqu.systems.cases.rules.open311 import DATATYPES, is_required
from tongqu.systems.cases.rules.questions import Question, QuestionKind, questions_of

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@door(PUBLIC)
@open311("GET", "HEAD")
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Say where the service is, in which formats, and how to get a key."""
    region = the_region()
    changed = services_changed_at()
    changeset = (
        f"{changed.astimezone(ZoneInfo(region.time_zone)):%Y-%m-%d %H:%M}" if changed else "2000-01-01 00:00"
    )
    tokens = request.build_absolute_uri(reverse("access:account"))
    endpoint = {
        "specification": SPECIFICATION,
        "url": request.build_absolute_uri(reverse("open311:services", args=["xml"])).removesuffix(
            "/services.xml"
        ),
        "changeset": changeset,
        "type": "test" if region.is_invented else "production",
        "formats": [kind.partition(";")[0] for kind in MEDIA_TYPES.values()],
    }
    body = {
        "changeset": changeset,
        "contact": settings.OPEN311_CONTACT
        or _("Ask the duty desk of %(region)s.") % {"region": region.root.name},
        "key_service": _("Sign in and make a token with the scope cases:write: %(address)s")
        % {"address": tokens},
        "endpoints": [endpoint],
    }
    return answer(form, "discovery", body)


@door(PUBLIC)
@open311("GET", "HEAD")
def listing(request: HttpRequest, *, form: str) -> HttpResponse:
    """List what can be reported."""
    return answer(form, "services", [_service(matter) for matter in services()])


@door(PUBLIC)
@open311("GET", "HEAD")
def definition(request: HttpRequest, *, form: str, code: str) -> HttpResponse:
    """Tell what a service asks for."""
    matter = service(code)
    if matter is None:
        raise Refused(
            404, _("service_code: “%(code)s” was not found. Look it up in services.") % {"code": code[:40]}
        )
    asked = questions_of(matter.questions)
    attributes = [_attribute(question, order) for order, question in enumerate(asked, start=1)]
    return answer(form, "service_definition", {"service_code": matter.code, "attributes": attributes})


def _service(matter: Matter) -> dict[str, Any]:
    words = matter.keywords.replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    return {
        "service_code": matter.code,
        "service_name": matter.name,
        "description": matter.class_name or matter.name,
        "metadata": bool(matter.questions),
        "type": "realtime",
        "keywords": ", ".join(word.strip() for word in words if word.strip()),
        "group": str(TRACK_LABELS[Track(matter.track)]),
    }


def _attribute(question: Question, order: int) -> dict[str, Any]:
    language = get_language() or ""
    attribute: dict[str, Any] = {
        "variable": True,
        "code": question.code,
        "datatype": str(DATATYPES[question.kind]),
        "required": is_required(question),
        "datatype_description": _hint(question),
        "order": order,
        "description": f"{question.says(language)} ({question.unit})"
        if question.unit
        else question.says(language),
    }
    if options := question.choices(_("Yes"), _("No"), language):
        attribute["values"] = [{"key": key, "name": name} for key, name in options]
    return attribute


def _hint(question: Question) -> str | None:
    hints = {
        QuestionKind.NUMBER: _("A number, such as 3 or 2.5"),
        QuestionKind.DATE: _("A day, such as 2026-09-16"),
        QuestionKind.MOMENT: _("A day and a time, such as 2026-09-16T10:00"),
        QuestionKind.CHOICES: _("One or more of the list"),
        QuestionKind.CHOICE: _("One of the list"),
        QuestionKind.YES_NO: _("One of the list"),
    }
    return hints.get(question.kind)
