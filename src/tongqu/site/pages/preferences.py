"""The reader's own choices: language and theme, kept in cookies."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import PUBLIC
from tongqu.shared.region.models import Person

THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Return to the page the choice was made on, if it is one of ours."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(target)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=settings.HTTPS)


@door(PUBLIC)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language chosen, in the cookie and for the person signed in."""
    response = _back(request)
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES) and check_for_language(wanted):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, wanted)
        if isinstance(request.user, Person):
            Person.objects.filter(pk=request.user.pk).update(language=wanted)
    return response


@door(PUBLIC)
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme chosen: light, dark, or as the device has it."""
    response = _back(request)
    wanted = request.POST.get("theme", "")
    if wanted in THEMES:
        _keep(response, "theme", wanted)
    return response
