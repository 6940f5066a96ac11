"""Open data of cases, for everybody: a page, the files by month, and their description."""

from __future__ import annotations

import gzip
from itertools import groupby
from typing import TypeVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from tongqu.shared.access.guard import address_of, door, spend
from tongqu.shared.access.rules import PUBLIC
from tongqu.shared.region.queries import the_region
from tongqu.systems.cases.models.open_data import OpenDataFile
from tongqu.systems.cases.queries.open_data import open_file, open_files
from tongqu.systems.cases.rules.open_data import K
from tongqu.systems.cases.rules.open_data_fields import FIELDS, package, resource

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "json": "application/json",
}
MOST_A_MINUTE = 60
HOUR_S = 3600
Answer = TypeVar("Answer", bound=HttpResponse)


@door(PUBLIC)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """List the files by month, say what stands in them and what does not, and under which licence."""
    months = [(month, list(files)) for month, files in groupby(open_files(), key=lambda file: file.month)]
    context = {
        "months": months,
        "fields": FIELDS,
        "k": K,
        "licence": settings.OPEN_DATA_LICENCE,
        "licence_is_address": "://" in settings.OPEN_DATA_LICENCE,
    }
    return render(request, "cases/open_data.html", context)


@door(PUBLIC)
@require_safe
def datapackage(request: HttpRequest) -> JsonResponse:
    """Describe the CSV files as a Frictionless Tabular Data Package."""
    files = [file for file in open_files() if file.form == "csv"]
    answer = JsonResponse(
        package(
            title=_("Cases of %(region)s") % {"region": the_region().root.name},
            description=_("Cases of public matters by month of report, without texts and personal data."),
            licence=settings.OPEN_DATA_LICENCE,
            made=max(file.made_at for file in files).isoformat() if files else "",
            resources=[resource(f.month, size_bytes=f.size_bytes, sha256=f.sha256) for f in files],
        ),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    return _for_all(answer)


def _tag(request: HttpRequest, month: str, form: str) -> str | None:
    found = OpenDataFile.objects.filter(month=month, form=form).values_list("sha256", flat=True).first()
    return f'"{found}"' if found else None


@door(PUBLIC)
@require_safe
@condition(etag_func=_tag)
def download(request: HttpRequest, month: str, form: str) -> HttpResponse:
    """Send the file of a month as it lies ready: squeezed, where the reader takes that."""
    budget = spend(f"open-data:{address_of(request)}", MOST_A_MINUTE)
    if budget.is_spent:
        answer = HttpResponse(_("Too many requests. Wait a minute and try again."), status=429)
        answer["Retry-After"] = str(budget.seconds_left)
        return answer
    found = open_file(month, form)
    if found is None:
        raise Http404
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    packed = bytes(found.packed)
    answer = HttpResponse(packed if takes_gzip else gzip.decompress(packed), content_type=MEDIA_TYPES[form])
    if takes_gzip:
        answer["Content-Encoding"] = "gzip"
    answer["Vary"] = "Accept-Encoding"
    answer["Content-Disposition"] = f'attachment; filename="cases-{month}.{form}"'
    # Anybody may load it from any page: there is nothing in it that a reader's session adds.
    answer["Access-Control-Allow-Origin"] = "*"
    return _for_all(answer)


def _for_all(answer: Answer) -> Answer:
    patch_cache_control(answer, public=True, max_age=HOUR_S)
    return answer
