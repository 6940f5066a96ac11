"""The history of a matter, the form that changes it, and taking a planned change back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, held_by
from tongqu.shared.clock import now
from tongqu.shared.region.actions.rights import may_administer
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.matters import change_matter
from tongqu.systems.cases.actions.versions import check_may_change, withdraw_version
from tongqu.systems.cases.forms.matters import ChangeMatterForm
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.terms import term_label, term_say
from tongqu.systems.cases.models.versions import MatterVersion, day_of
from tongqu.systems.cases.queries.versions import (
    IN_FORCE,
    PAST,
    PLANNED,
    REPLACED,
    WITHDRAWN,
    VersionShown,
    history,
)
from tongqu.systems.cases.rules.terms import BEFORE_VERSIONS, Difference

ADMINS = held_by(Role.REGION_ADMIN)
STANDING_LABELS = {
    IN_FORCE: gettext_lazy("in force"),
    PLANNED: gettext_lazy("planned"),
    PAST: gettext_lazy("held before"),
    REPLACED: gettext_lazy("replaced before its day"),
    WITHDRAWN: gettext_lazy("withdrawn"),
}


@door(SIGNED_IN)
@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Show every version of the matter and what it changed."""
    matter = get_object_or_404(Matter, code=code)
    context = {
        "matter": matter,
        "rows": [_row(shown) for shown in history(matter, at=now())],
        "may_change": may_administer(person_of(request)),
    }
    return render(request, "cases/matter_history.html", context)


def _row(shown: VersionShown) -> dict[str, object]:
    version = shown.version
    return {
        "version": version,
        "from_the_start": version.in_force_on <= BEFORE_VERSIONS,
        "standing": STANDING_LABELS[shown.standing],
        "is_planned": shown.standing == PLANNED,
        "is_in_force": shown.standing == IN_FORCE,
        "changes": [in_words(difference) for difference in shown.differences],
    }


def in_words(difference: Difference) -> tuple[str, str, str]:
    """Return what a term is called, and how it reads before and after."""
    term = difference.term
    return term_label(term), term_say(term, difference.before), term_say(term, difference.after)


@door(ADMINS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Make a version of the matter: what changes, from when, and why."""
    matter, at = get_object_or_404(Matter, code=code), now()
    check_may_change(person_of(request))
    version = MatterVersion.objects.in_force(matter, day_of(at)) or matter.versions.standing().last()
    held = Matter(code=matter.code, **(version.terms if version else matter.terms))
    form = ChangeMatterForm(request.POST or None, instance=held, initial={"in_force_on": day_of(at)})
    if request.method == "POST" and form.is_valid() and _changed(request, matter, form):
        return redirect("cases:matter-history", code)
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/matter_change.html", {"matter": matter, "form": form}, status=status)


def _changed(request: HttpRequest, matter: Matter, form: ChangeMatterForm) -> bool:
    """Make the version; what is wrong goes to the form."""
    if not form.changes:
        form.add_error(None, _("Nothing was changed. Change a term, or go back."))
        return False
    data = form.cleaned_data
    try:
        change_matter(
            matter,
            by=person_of(request),
            at=now(),
            in_force_on=data["in_force_on"],
            reason=data["reason"],
            **form.changes,
        )
    except BadInput as refusal:
        for problem in refusal.problems:
            form.add_error(problem.field, str(problem.message))
        return False
    messages.success(
        request, _("The change was kept. It holds from %(day)s on.") % {"day": data["in_force_on"]}
    )
    return True


@door(ADMINS)
@require_POST
def withdraw(request: HttpRequest, code: str, version_number: int) -> HttpResponse:
    """Take a planned change back."""
    version = get_object_or_404(MatterVersion, matter__code=code, number=version_number)
    try:
        withdraw_version(version, by=person_of(request), at=now())
    except BadInput as refusal:
        messages.error(request, " ".join(str(problem.message) for problem in refusal.problems))
    else:
        messages.success(request, _("The planned change was withdrawn."))
    return redirect("cases:matter-history", code)
