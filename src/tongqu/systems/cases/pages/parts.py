"""What people do with the parts of a case on its page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.evidence.models import Evidence
from tongqu.systems.cases.actions.inspecting import inspect
from tongqu.systems.cases.actions.parts import PART_ACTIONS
from tongqu.systems.cases.actions.visits import cancel_visit, plan_visit
from tongqu.systems.cases.forms.parts import PART_FORMS, VisitForm
from tongqu.systems.cases.pages.acting import show_refusal, was_done
from tongqu.systems.cases.pages.case import found, page
from tongqu.systems.cases.pages.part_cards import inspect_form
from tongqu.systems.cases.queries.parts import part_at, parts_of
from tongqu.systems.cases.queries.proof import newer_photos


@require_POST
@door(SIGNED_IN)
def move(request: HttpRequest, number: str, place: int, name: str) -> HttpResponse:
    """Make a move with a part; a refused one shows its form again with what is wrong."""
    person, case = person_of(request), found(request, number)
    part = part_at(case, place)
    if part is None or name not in PART_FORMS:
        raise Http404
    form = PART_FORMS[name](request.POST, request.FILES, part=part, auto_id=f"part_{place}_{name}_%s")

    def make(photos: list[Evidence]) -> None:
        more = {"evidence": photos} if name == "handle" else {}
        expected = form.cleaned_data["expected"]
        PART_ACTIONS[name](part, by=person, at=now(), expected=expected, **form.arguments, **more)

    if form.is_valid() and was_done(form, make, person=person, case=case):
        return redirect(f"{case.get_absolute_url()}#part-{place}")
    return page(request, found(request, number), status=422, parts_sent={f"{place}-{name}": form})


@require_POST
@door(SIGNED_IN)
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Take the checklist of a handled case."""
    person, case = person_of(request), found(request, number)
    nearby = newer_photos(case, person, at=now())
    form = inspect_form(case, parts_of(case), nearby, request.POST, request.FILES)

    def make(photos: list[Evidence]) -> None:
        # A photo that is offered as proof says nothing of work that is refused.
        chosen = [photo for photo in nearby if photo.sha256 in form.picked and form.all_done]
        expected = form.cleaned_data["expected"]
        inspect(case, **form.arguments, evidence=[*chosen, *photos], by=person, at=now(), expected=expected)

    if form.is_valid() and was_done(form, make, person=person, case=case):
        return redirect("cases:detail", number)
    return page(request, found(request, number), status=422, parts_sent={"inspect": form})


@require_POST
@door(SIGNED_IN)
def visit(request: HttpRequest, number: str) -> HttpResponse:
    """Plan the joint visit, move it, or call it off."""
    person, case = person_of(request), found(request, number)
    form = VisitForm(request.POST)
    try:
        if "cancel" in request.POST:
            cancel_visit(case, by=person, at=now())
            return redirect("cases:detail", number)
        if form.is_valid():
            plan_visit(case, **form.cleaned_data, by=person, at=now())
            return redirect("cases:detail", number)
    except (BadInput, MoveNotAllowed, NotAllowed) as refusal:
        show_refusal(form, refusal)
    return page(request, found(request, number), status=422, parts_sent={"visit": form})
