"""Filing an appeal on the page of a contest."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.systems.indicators.actions.contests import appeal
from tongqu.systems.indicators.forms.contests import AppealForm
from tongqu.systems.indicators.pages.contests import page, shown
from tongqu.systems.indicators.queries.rounds import members_to_appeal_for


@require_POST
@door(SIGNED_IN)
def file(request: HttpRequest, contest: str) -> HttpResponse:
    """Object to the result of a round for a division that one answers for; what is wrong is shown beside its field."""
    what, person = shown(request, contest), person_of(request)
    if what.round is None:
        raise Http404
    members = {each.code: each for each in members_to_appeal_for(person, what.round)}
    form = AppealForm(list(members.values()), request.POST)
    if not form.is_valid():
        return page(request, what, form)
    division, text = members[form.cleaned_data["division"]], form.cleaned_data["text"]
    appeal(what.round, division, text=text, by=person, at=now())
    messages.success(request, _("The appeal was filed."))
    return redirect(f"{reverse('indicators:contest', args=[contest])}?period={what.round.when}")
