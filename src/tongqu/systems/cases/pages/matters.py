"""The list of matters, and the page of one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.duties.pages.words import allowance_text
from tongqu.shared.region.actions.rights import may_administer
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.cases.forms.lists import MatterForm
from tongqu.systems.cases.forms.questions import QuestionsForm
from tongqu.systems.cases.models.labels import GRADE_LABELS, PHOTO_RULE_LABELS, TRACK_LABELS, VERIFY_LABELS
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.cases import Wanted, queue
from tongqu.systems.cases.queries.matters import matters, units_for
from tongqu.systems.cases.queries.versions import planned_versions
from tongqu.systems.cases.rules.kinds import Grade, PhotoRule, Track, VerifyBy
from tongqu.systems.cases.rules.questions import questions_of


@door(SIGNED_IN)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the matters."""
    form = MatterForm(request.GET or None)
    rows = matters(form.cleaned_data if form.is_bound and form.is_valid() else {})
    table = Table("matters", _columns(), rows, request, caption=_("Matters"), order="code", page_size=100)
    if table.is_download:
        return table.download()
    context = {"form": form, "table": table, "may_change": may_administer(person_of(request))}
    return render(request, "cases/matters.html", context)


def _columns() -> list[Column]:
    return [
        Column("code", _("Code"), sort="code", link=lambda m: reverse("cases:matter", args=[m.code])),
        Column("name", _("Name"), sort="name_zh_hans", link=lambda m: reverse("cases:matter", args=[m.code])),
        Column("class_name", _("Class"), sort="class_code"),
        Column("subclass_name", _("Sub-class"), sort="subclass_code"),
        Column("track", _("Platform"), value=lambda m: TRACK_LABELS[Track(m.track)], sort="track"),
        Column("grade", _("Grade"), value=lambda m: GRADE_LABELS[Grade(m.grade)], sort="grade"),
        Column("department", _("Department"), sort="department"),
        Column("handle_allowance", _("Time to handle"), value=lambda m: allowance_text(m.handle_allowance)),
        Column("verify_by", _("Verified by"), value=lambda m: VERIFY_LABELS[VerifyBy(m.verify_by)]),
        Column("seen_by_drone", _("Seen by a drone"), kind="flag", sort="seen_by_drone"),
    ]


@door(SIGNED_IN)
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one matter, who answers for it, and its newest open cases."""
    matter = get_object_or_404(Matter, code=code)
    at = now()
    newest = queue(person_of(request), Wanted(matter=code), at=at, limit=10)
    context = {
        "matter": matter,
        "track": TRACK_LABELS[Track(matter.track)],
        "grade": GRADE_LABELS[Grade(matter.grade)],
        "verify_by": VERIFY_LABELS[VerifyBy(matter.verify_by)],
        "photo_rule": PHOTO_RULE_LABELS[PhotoRule(matter.photo_rule)],
        "units": units_for(matter),
        "keywords": [word for word in matter.keywords.split("、") if word],
        "questions": QuestionsForm(questions_of(matter.questions)),
        "planned": planned_versions(matter, at=at),
        "may_change": may_administer(person_of(request)),
        "rows": [(case, case.duty.lamp(at) if case.duty else None) for case in newest.cases],
    }
    return render(request, "cases/matter.html", context)
