"""The reader's choice of light or dark, kept in a cookie. (The language is chosen in `access`.)"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import PUBLIC
from tongqu.site.navigation import THEMES

_YEAR = 365 * 24 * 3600


@door(PUBLIC)
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme chosen, and return to the page it was chosen on if that is one of ours."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    wanted = request.POST.get("theme", "")
    if wanted in THEMES:
        response.set_cookie("theme", wanted, max_age=_YEAR, samesite="Lax", secure=settings.HTTPS)
    return response
