"""Matters in the admin pages; every change is an act and stands in the journal."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from tongqu.shared.access.guard import person_of
from tongqu.shared.clock import now
from tongqu.shared.region.admin import MasterData
from tongqu.systems.cases.actions.matters import change_matter
from tongqu.systems.cases.models.matter import Matter


@admin.register(Matter)
class MatterAdmin(MasterData[Matter]):
    """Names, times and rules of matters; new ones come by import."""

    list_display = (
        "code",
        "name_zh_hans",
        "class_name",
        "grade",
        "department",
        "handle_allowance",
        "is_active",
    )
    list_filter = ("is_active", "track", "grade", "verify_by", "photo_rule", "seen_by_drone")
    search_fields = ("code", "name_zh_hans", "name_en", "class_name")
    readonly_fields = ("code",)

    def save_model(self, request: HttpRequest, obj: Matter, form: ModelForm[Any], change: bool) -> None:
        """Save through the action."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        change_matter(obj, by=person_of(request), at=now(), **values)
