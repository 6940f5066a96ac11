"""Pages that only those who keep the figures may open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, QueryDict

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.systems.indicators.actions.keeping import check_keeper

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_keepers(page: Page[P]) -> Page[P]:
    """Open a page to the statistics office and the administrators of the region alone; others get 403."""

    @door(SIGNED_IN)
    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        check_keeper(person_of(request))
        return page(request, *args, **kwargs)

    return guarded


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, even where that is nothing; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
