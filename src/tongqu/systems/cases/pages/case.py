"""The page of one case: place, evidence, duties, story, and the moves that this person may make now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.duties.queries import duties_of
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Person
from tongqu.shared.region.queries import chain_of
from tongqu.systems.cases.actions.moves import ACTIONS
from tongqu.systems.cases.actions.personal import view_personal_data
from tongqu.systems.cases.forms.moves import MoveForm
from tongqu.systems.cases.forms.parts import MOVE_FORMS as FORMS
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.labels import (
    ASKED_MOVE_LABELS,
    GRADE_LABELS,
    MOVE_LABELS,
    PHOTO_RULE_LABELS,
    SPLIT_MOVE_LABELS,
    VERIFY_LABELS,
)
from tongqu.systems.cases.pages.acting import was_done
from tongqu.systems.cases.pages.part_cards import Sent, part_cards
from tongqu.systems.cases.queries.answering import moves_open_to, sees_reporter
from tongqu.systems.cases.queries.cases import find_case, story
from tongqu.systems.cases.queries.disputes import dispute_of
from tongqu.systems.cases.queries.joining import Family, family_of
from tongqu.systems.cases.queries.parts import lead_signs_by_part
from tongqu.systems.cases.queries.proof import newer_photos
from tongqu.systems.cases.queries.reporter import ratings_of
from tongqu.systems.cases.queries.suspension import open_suspension
from tongqu.systems.cases.rules.kinds import Purpose

WITH_EVIDENCE = frozenset({"handle", "verify", "refuse"})
FOLDED = frozenset({"split", "join"})
CHECKS = frozenset({"verify", "refuse"})
QUIET = frozenset(
    {
        "reject", "register", "send_back", "ask_suspension", "suspend", "refuse_suspension", "refuse", "reopen", "split",
        "join", "separate",
    }
)  # fmt: skip


def found(request: HttpRequest, number: str) -> Case:
    """Return the case, or answer 404 when it is not there or not in the person's sight."""
    case = find_case(person_of(request), number)
    if case is None:
        raise Http404
    return case


@door(SIGNED_IN)
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show the case."""
    return page(request, found(request, number))


def page(
    request: HttpRequest,
    case: Case,
    sent: dict[str, MoveForm] | None = None,
    status: int = 200,
    parts_sent: Sent | None = None,
) -> HttpResponse:
    """Render the case page, with the form that was sent and refused if there is one."""
    person, at = person_of(request), now()
    uses = list(case.attachments.select_related("evidence"))
    duties, facts = duties_of(case.subject), story(case)
    told = {fact.verb for fact in facts}
    family = family_of(person, case) if "case.child_joined" in told else None
    context = {
        "case": case,
        "places": chain_of(case.division) if case.division else [],
        "lamp": case.duty.lamp(at) if case.duty else None,
        "map": _map(case, family) if case.lon is not None else None,
        "family": family,
        "duties": [(duty, duty.lamp(at)) for duty in duties],
        "facts": facts,
        "dispute": dispute_of(case, facts),
        "suspension": open_suspension(case),
        "ratings": ratings_of(case) if "case.rated" in told else [],
        "sees_reporter": sees_reporter(person, case),
        "grade_label": GRADE_LABELS[case.terms.grade],
        "verify_label": VERIFY_LABELS[case.terms.verify_by],
        "photo_rule_label": PHOTO_RULE_LABELS[case.terms.photo_rule],
        **{str(purpose): [use.evidence for use in uses if use.purpose == purpose] for purpose in Purpose},
        **acts(person, case, sent or {}),
        **part_cards(person, case, at, parts_sent or {}),
    }
    newest = [*context["verification"], *context["nearby"], *context["offered"], *context["handling"]]
    context["pair"] = (context["report"][:1], newest[:1])
    return render(request, "cases/case.html", context, status=status)


def acts(person: Person, case: Case, sent: dict[str, MoveForm]) -> dict[str, Any]:
    """Return the moves that the person may make now, each with its form."""
    # The main move comes first and stands open; those that undo or refuse follow.
    open_now = {move.name: move for move in moves_open_to(person, case)}
    asked = frozenset({"suspend"}) if "refuse_suspension" in open_now else frozenset()
    quiet = QUIET - asked
    names = sorted(open_now, key=lambda name: (name not in asked, name in quiet))
    if case.is_split:
        # Each part is checked by the list of its own.
        names = [name for name in names if name not in CHECKS]
        if "take" in names and lead_signs_by_part(case):
            names.remove("take")
    nearby = newer_photos(case, person, at=now()) if "verify" in names else []
    return {
        "case": case,
        "nearby": nearby,
        "moves": [
            {
                "name": name,
                "label": _label(name, case, is_asked=name in asked),
                "form": sent.get(name) or FORMS[name](case=case, nearby=nearby, auto_id=f"{name}_%s"),
                "is_open": name in sent or (not sent and name == names[0] and name not in FOLDED),
                "is_quiet": name in quiet,
            }
            for name in names
        ],
    }


def _label(name: str, case: Case, *, is_asked: bool) -> Any:
    """Return what a move is called here, where it stands beside an act that resembles it or answers one."""
    special = ASKED_MOVE_LABELS if is_asked else SPLIT_MOVE_LABELS if case.is_split else {}
    return special.get(name) or MOVE_LABELS[name]


def _points(cases: Iterable[Case]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [case.lon, case.lat]},
            "properties": {"label": case.title, "number": case.number},
        }
        for case in cases
        if case.lon is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def _map(case: Case, family: Family | None) -> dict[str, Any]:
    joined = (
        [{"kind": "points", "label": _("Joined to it"), "data": _points(family.children)}] if family else []
    )
    return {
        "center": [case.lon, case.lat],
        "zoom": 13,
        "layers": [
            {
                "kind": "outlines",
                "label": _("Townships"),
                "url": reverse("region:outlines", args=["township"]),
            },
            {
                "kind": "points",
                "label": _("This case"),
                "data": _points([case]),
            },
            *joined,
        ],
    }


@require_POST
@door(SIGNED_IN)
def move(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Make a move; a refused one shows its form again with what is wrong."""
    person, case = person_of(request), found(request, number)
    if name not in FORMS:
        raise Http404
    nearby = newer_photos(case, person, at=now()) if name == "verify" else []
    form = FORMS[name](request.POST, request.FILES, case=case, nearby=nearby, auto_id=f"{name}_%s")
    if form.is_valid() and _made(form, name, case, person, nearby):
        return _done(request, case)
    if request.headers.get("HX-Request"):
        fresh = found(request, number)
        context = acts(person, fresh, {name: form})
        names = [each["name"] for each in context["moves"]]
        context["stale"] = form.non_field_errors() if name not in names else []
        return render(request, "cases/acts.html", context)
    return page(request, found(request, number), {name: form}, status=422)


def _made(form: MoveForm, name: str, case: Case, person: Person, nearby: list[Evidence]) -> bool:
    """Make the move; on a refusal put what is wrong into the form and return False."""

    def make(photos: list[Evidence]) -> None:
        chosen = [photo for photo in nearby if photo.sha256 in form.picked]
        more = {"evidence": [*chosen, *photos]} if name in WITH_EVIDENCE else {}
        expected = form.cleaned_data["expected"]
        ACTIONS[name](case, by=person, at=now(), expected=expected, **form.arguments, **more)

    return was_done(form, make, person=person, case=case)


def _done(request: HttpRequest, case: Case) -> HttpResponse:
    """Load the page anew, by whichever way the form was sent."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("cases:detail", case.number)


@require_POST
@door(SIGNED_IN)
def reporter(request: HttpRequest, number: str) -> HttpResponse:
    """Show who reported the case; the look is recorded."""
    who = view_personal_data(found(request, number), by=person_of(request), at=now())
    return render(request, "cases/reporter.html", {"who": who})
