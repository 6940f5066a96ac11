"""The versions of the reader of matters: what each was worth, which is in use."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import held_by
from tongqu.shared.clock import now
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.readers import LEAST_DECISIONS, train_version, use_version
from tongqu.systems.cases.models.reading import ReaderVersion
from tongqu.systems.cases.queries.decisions import choices_by_word_list, reader_versions

ADMIN = held_by(Role.REGION_ADMIN)


@door(ADMIN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the versions, the newest first, and what desks chose while each was in use."""
    versions = reader_versions()
    context = {
        "versions": versions,
        "by_words": choices_by_word_list(),
        "least": LEAST_DECISIONS,
        "chart": _chart(versions[::-1]) if len(versions) > 1 else None,
    }
    return render(request, "cases/reader.html", context)


def _chart(versions: list[ReaderVersion]) -> dict[str, Any]:
    return {
        "xAxis": {"type": "category", "data": [str(version) for version in versions]},
        "yAxis": {"type": "value", "min": 0, "max": 1},
        "series": [
            {
                "type": "line",
                "name": _("agreement with the desk"),
                "data": [round(v.accuracy, 3) for v in versions],
            },
            {
                "type": "line",
                "name": _("the one before, same decisions"),
                "data": [round(v.accuracy_before, 3) for v in versions],
            },
        ],
    }


@require_POST
@door(ADMIN)
def train(request: HttpRequest) -> HttpResponse:
    """Train a version now; say what came of it."""
    try:
        version = train_version(by=person_of(request), at=now())
    except BadInput as refusal:
        for problem in refusal.problems:
            messages.warning(request, str(problem))
    else:
        said = (
            _("%(version)s is in use.") if version.is_active else _("%(version)s is worse and is not used.")
        )
        messages.success(request, said % {"version": version})
    return redirect("cases:reader")


@require_POST
@door(ADMIN)
def use(request: HttpRequest, version_number: int) -> HttpResponse:
    """Put a version to use."""
    version = get_object_or_404(ReaderVersion.objects.defer("data"), pk=version_number)
    use_version(version, by=person_of(request), at=now())
    return redirect("cases:reader")
