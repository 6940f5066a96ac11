"""Grants: which unit may see which evidence of another."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.queries import scope_of
from tongqu.shared.access.rules import SIGNED_IN, held_by
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.sharing import GRANTING_ROLES, grant, may_grant
from tongqu.shared.evidence.forms import GrantForm
from tongqu.shared.evidence.models import Grant
from tongqu.shared.region.models import Person, Unit
from tongqu.shared.region.queries import units_below


@door(SIGNED_IN)
@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    """List the grants that the person's units give or hold."""
    person = person_of(request)
    scope = scope_of(person)
    sight = scope.q("", "unit_path") | scope.q("", "from_unit__path") | scope.q("", "evidence__unit_path")
    rows = Grant.objects.in_force(now()).filter(sight | Q(granted_by_ref=person.actor_ref))
    shown = [
        (row, may_grant(row.from_unit or (row.evidence.unit if row.evidence else None), person))
        for row in rows.select_related("unit", "from_unit", "evidence__unit", "division")[:200]
    ]
    return render(request, "evidence/grants.html", {"grants": shown, "may_grant": bool(_keepers(person))})


@door(held_by(*GRANTING_ROLES))
def new_grant(request: HttpRequest) -> HttpResponse:
    """Grant a unit the sight of evidence by a rule."""
    person = person_of(request)
    form = GrantForm(request.POST if request.method == "POST" else None, keepers=_keepers(person))
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            grant(
                unit=chosen["unit"],
                reason=chosen["reason"],
                ends_at=form.ends_at(),
                by=person,
                at=now(),
                **form.rule(),
            )
        except BadInput as error:
            for problem in error.problems:
                form.add_error(
                    "ends_on" if problem.field == "ends_at" else problem.field or None, str(problem.message)
                )
        else:
            messages.success(request, _("The unit may see it now."))
            return redirect("evidence:grants")
    return render(request, "evidence/new_grant.html", {"form": form}, status=422 if form.errors else 200)


def _keepers(person: Person) -> list[Unit]:
    """Return the units whose evidence the person may share."""
    return [unit for headed in person.units_as(*GRANTING_ROLES) for unit in units_below(headed)]
