"""One piece of evidence: the picture, its place, what it says of itself, who uses it and who may see it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, held_by
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.sharing import GRANTING_ROLES, grant, may_grant, revoke
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.shared.evidence.forms import ShareForm
from tongqu.shared.evidence.models import Evidence, Grant
from tongqu.shared.evidence.pages.gallery import outline_layer
from tongqu.shared.evidence.queries.finding import visible
from tongqu.shared.evidence.queries.messages import source_label
from tongqu.shared.evidence.queries.places import ground_features, point_features
from tongqu.shared.evidence.queries.uses import grants_on, looks_at, story_of, uses_of
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role

Row = tuple[str, str]


@door(SIGNED_IN)
@require_safe
def detail(request: HttpRequest, sha256: str) -> HttpResponse:
    """Show one piece of evidence; a look at a restricted one is journaled."""
    at, person = now(), person_of(request)
    evidence = get_object_or_404(visible(person, at).select_related("division", "unit"), sha256=sha256)
    record_view(evidence, by=person, at=at)
    return render(request, "evidence/detail.html", _context(evidence, person, ShareForm()))


def _context(evidence: Evidence, person: Person, form: ShareForm) -> dict[str, Any]:
    at = now()
    may_share = may_grant(evidence.unit, person)
    return {
        "evidence": evidence,
        "rows": [(word, value) for word, value in _rows(evidence) if value],
        "is_ready": evidence.renditions.filter(size="web").exists(),
        "map": _map(evidence) if evidence.has_place else None,
        "uses": uses_of(evidence, person),
        "story": _without_photos(story_of(evidence)),
        "grants": grants_on(evidence, at),
        "may_share": may_share,
        "looks": _looks(evidence) if may_share or Role.AUDITOR in person.roles else None,
        "form": form,
    }


def _without_photos(facts: list[Fact]) -> list[Fact]:
    """Return the facts without their pictures: all would show the one that the page shows already."""
    for fact in facts:
        fact.evidence = "[]"
    return facts


def _looks(evidence: Evidence) -> list[tuple[Fact, str]]:
    """Return each look at restricted evidence and what was looked at, in words."""
    words = {
        "detail": _("page"),
        "thumb": _("small picture"),
        "web": _("large picture"),
        "original": _("original file"),
        "api": _("data, by program"),
    }
    return [(fact, words.get(fact.after_values.get("what", ""), "")) for fact in looks_at(evidence)]


@door(SIGNED_IN)
@require_safe
def ground(request: HttpRequest, sha256: str, part: str) -> HttpResponse:
    """Return the place of the photo, or the ground that it shows, as GeoJSON."""
    evidence = get_object_or_404(visible(person_of(request), now()), sha256=sha256)
    found = ground_features(evidence) if part == "ground" else point_features(evidence)
    return JsonResponse(found, content_type="application/geo+json")


@require_POST
@door(held_by(*GRANTING_ROLES))
def share(request: HttpRequest, sha256: str) -> HttpResponse:
    """Share it with a unit."""
    at, person = now(), person_of(request)
    evidence = get_object_or_404(visible(person, at), sha256=sha256)
    form = ShareForm(request.POST)
    if form.is_valid():
        try:
            grant(
                unit=form.cleaned_data["unit"],
                reason=form.cleaned_data["reason"],
                ends_at=form.ends_at(),
                evidence=evidence,
                by=person,
                at=at,
            )
        except BadInput as error:
            for problem in error.problems:
                form.add_error(
                    "ends_on" if problem.field == "ends_at" else problem.field or None, str(problem.message)
                )
    if form.errors:
        return render(request, "evidence/detail.html", _context(evidence, person, form), status=422)
    messages.success(request, _("The unit may see it now."))
    return redirect("evidence:detail", sha256)


@require_POST
@door(held_by(*GRANTING_ROLES))
def end_grant(request: HttpRequest, number: int) -> HttpResponse:
    """End a grant."""
    ended = revoke(get_object_or_404(Grant, pk=number), by=person_of(request), at=now())
    messages.success(request, _("The grant has ended."))
    if ended.evidence is not None and request.POST.get("back") == "detail":
        return redirect("evidence:detail", ended.evidence.sha256)
    return redirect("evidence:grants")


def _map(evidence: Evidence) -> dict[str, Any]:
    place = [evidence.sha256, "place"]
    shown = [evidence.sha256, "ground"]
    return {
        "center": [evidence.lon, evidence.lat],
        "zoom": 16.5,
        "fit": "points",
        "label": _("Where the photo was taken"),
        "layers": [
            outline_layer(),
            {
                "kind": "outlines",
                "url": reverse("evidence:ground", args=shown),
                "label": _("Ground in the picture"),
            },
            {
                "kind": "photos",
                "url": reverse("evidence:ground", args=place),
                "label": _("Photo"),
                "cluster": False,
            },
        ],
    }


def _rows(evidence: Evidence) -> list[Row]:
    """Return everything that is known of it, as words and values."""
    return [*_about_time_and_place(evidence), *_about_pose(evidence), *_about_file(evidence)]


def _about_time_and_place(evidence: Evidence) -> list[Row]:
    taken = localtime(evidence.taken_at).strftime("%Y-%m-%d %H:%M:%S %z") if evidence.taken_at else ""
    basis = f" ({evidence.get_time_basis_display()})" if evidence.time_basis else ""
    position = f"{evidence.lat:.6f}, {evidence.lon:.6f} (WGS-84)" if evidence.has_place else ""
    return [
        (_("Taken"), f"{taken}{basis}" if taken else ""),
        (_("Position"), position),
        (_("Place"), str(evidence.division or "")),
    ]


def _about_pose(evidence: Evidence) -> list[Row]:
    gimbal = (evidence.gimbal_yaw_deg, evidence.gimbal_pitch_deg, evidence.gimbal_roll_deg)
    flight = (evidence.flight_yaw_deg, evidence.flight_pitch_deg, evidence.flight_roll_deg)
    return [
        (_("Height above take-off"), _with_unit(evidence.height_ground_m, "m")),
        (_("Height above the sea"), _with_unit(evidence.height_sea_m, "m")),
        (_("Camera: yaw, pitch, roll"), _angles(gimbal)),
        (_("Aircraft: yaw, pitch, roll"), _angles(flight)),
        (_("Camera"), evidence.camera),
        (_("Focal length"), _with_unit(evidence.focal_mm, "mm")),
        (_("As on 35 mm film"), _with_unit(evidence.focal_35mm, "mm")),
    ]


def _about_file(evidence: Evidence) -> list[Row]:
    stored = localtime(evidence.stored_at).strftime("%Y-%m-%d %H:%M")
    return [
        (_("Pixels"), f"{evidence.width} × {evidence.height}" if evidence.width else ""),
        (_("Type"), evidence.media_type),
        (_("File size"), str(filesizeformat(evidence.size_bytes))),
        (_("Stored"), f"{stored} · {evidence.stored_by_name}"),
        (_("Brought in by"), str(evidence.unit or "")),
        (_("Source"), str(source_label(evidence.source))),
        (_("Matter"), evidence.matter_code),
        ("SHA-256", evidence.sha256),
    ]


def _with_unit(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:g} {unit}"


def _angles(angles: tuple[float | None, ...]) -> str:
    """Return three angles in degrees; unknown ones as a dash, nothing when all are."""
    if all(angle is None for angle in angles):
        return ""
    return " / ".join("–" if angle is None else f"{angle:g}°" for angle in angles)
