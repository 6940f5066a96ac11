"""Reads the list of matters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from tongqu.shared.region.models import Unit
from tongqu.systems.cases.models.matter import Matter


def matters(wanted: Mapping[str, Any]) -> QuerySet[Matter]:
    """Return the matters in use that fit: words or code, track, grade, verifying method, seen by a drone."""
    rows = Matter.objects.filter(is_active=True)
    for word in str(wanted.get("words") or "").split():
        names = Q(name_zh_hans__icontains=word) | Q(name_zh_hant__icontains=word) | Q(name_en__icontains=word)
        rows = rows.filter(
            names | Q(code__istartswith=word) | Q(class_name__icontains=word) | Q(keywords__icontains=word)
        )
    for field in ("track", "grade", "verify_by"):
        if wanted.get(field):
            rows = rows.filter(**{field: wanted[field]})
    return rows.filter(seen_by_drone=True) if wanted.get("drone") else rows


def matters_by_class() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return code and name of the matters in use, grouped by the name of their class: the choices of a field."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for matter in matters({}):
        groups.setdefault(matter.class_name, []).append((matter.code, matter.name))
    return list(groups.items())


def units_for(matter: Matter) -> list[Unit]:
    """Return the active units of the department that answers for the matter."""
    key = matter.department
    if not key:
        return []
    named = Q(code=key) | Q(code__startswith=f"{key}-")
    return list(Unit.objects.filter(named, is_active=True).order_by("path"))
