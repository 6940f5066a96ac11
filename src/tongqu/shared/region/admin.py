"""Master data in the admin pages; every change is an act and stands in the journal."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import MASTER_DATA
from tongqu.shared.clock import now
from tongqu.shared.journal.actions import act, record
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.actions.calendar import delete_calendar_day, set_calendar_day, set_working_hours
from tongqu.shared.region.actions.rights import may_administer
from tongqu.shared.region.actions.units import change_unit
from tongqu.shared.region.models import CalendarDay, Division, Person, Region, Unit

Row = TypeVar("Row", bound=Model)


class MasterData(admin.ModelAdmin[Row]):
    """Stands behind the door of the master data, saves inside an act, and deletes nothing by default."""

    actions = None

    def get_urls(self) -> list[URLPattern]:
        """Put the door on every page of the model."""
        urls = super().get_urls()
        for url in urls:
            url.callback = door(MASTER_DATA)(url.callback)
        return urls

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the model to those who may pass the door."""
        return isinstance(request.user, Person) and request.user.is_staff and may_administer(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the module."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the module."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Things are made by importing the region's folder or on their own pages."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing that others may lean on is deleted."""
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show and save inside an act."""
        with act():
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete inside an act."""
        with act():
            return super().delete_view(request, *args, **kwargs)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Leave the admin's own log empty: the journal is the only one."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Leave the admin's own log empty: the journal is the only one."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Leave the admin's own log empty: the journal is the only one."""


def _changes(form: ModelForm[Any], obj: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a form changed, before and after, as the journal writes it."""
    names = [name for name in form.changed_data if name in form.initial]
    before = {name: _plain(form.initial[name]) for name in names}
    return before, {name: _plain(getattr(obj, name)) for name in names}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


@admin.register(Division)
class DivisionAdmin(MasterData[Division]):
    """Names, centre and source of divisions; codes and outlines come by import."""

    list_display = ("code", "name_zh_hans", "name_en", "level", "outline_quality", "area_km2")
    list_filter = ("level", "outline_quality", "is_invented")
    search_fields = ("code", "name_zh_hans", "name_en")
    fields = ("code", "level", "name_zh_hans", "name_zh_hant", "name_en", "area_km2", "source")
    readonly_fields = ("code", "level")

    def save_model(self, request: HttpRequest, obj: Division, form: ModelForm[Any], change: bool) -> None:
        """Save and record what changed."""
        obj.save()
        before, after = _changes(form, obj)
        record("division.changed", Subject("division", obj.code), by=person_of(request), at=now(),
               label=obj.name_zh_hans, division_path=obj.path, before=before, after=after)  # fmt: skip


@admin.register(Unit)
class UnitAdmin(MasterData[Unit]):
    """Names of units and what they answer for; their place in the tree changes on their own page."""

    list_display = ("code", "name_zh_hans", "kind", "division", "parent", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("division", "parent")
    search_fields = ("code", "name_zh_hans", "name_en", "answers_for")
    fields = (
        "code", "kind", "division", "parent", "name_zh_hans", "name_zh_hant", "name_en", "answers_for", "phone",
    )  # fmt: skip
    readonly_fields = ("code", "kind", "division", "parent")

    def save_model(self, request: HttpRequest, obj: Unit, form: ModelForm[Any], change: bool) -> None:
        """Save through the action."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        change_unit(obj, by=person_of(request), at=now(), **values)


@admin.register(Person)
class PersonAdmin(MasterData[Person]):
    """Names of people and who may use these pages; passwords and closing accounts have pages of their own."""

    list_display = ("username", "name", "is_staff", "is_active", "is_invented")
    list_filter = ("is_staff", "is_active", "is_invented")
    search_fields = ("username", "name")
    fields = ("username", "name", "phone", "email", "is_staff")
    readonly_fields = ("username",)

    def save_model(self, request: HttpRequest, obj: Person, form: ModelForm[Any], change: bool) -> None:
        """Save and record which fields changed; telephone and address stay out of the journal."""
        obj.save(update_fields=["name", "phone", "email", "is_staff"])
        after = {"fields": sorted(form.changed_data), "is_staff": obj.is_staff}
        record("person.changed", Subject("person", str(obj.pk)), by=person_of(request), at=now(), label=obj.name,
               after=after)  # fmt: skip


@admin.register(Region)
class RegionAdmin(MasterData[Region]):
    """The region's zone and working hours."""

    list_display = ("root", "time_zone", "work_spans")
    fields = ("root", "time_zone", "work_spans")
    readonly_fields = ("root",)

    def save_model(self, request: HttpRequest, obj: Region, form: ModelForm[Any], change: bool) -> None:
        """Save through the action."""
        set_working_hours(work_spans=obj.work_spans, time_zone=obj.time_zone, by=person_of(request), at=now())


@admin.register(CalendarDay)
class CalendarDayAdmin(MasterData[CalendarDay]):
    """Holidays and shifted working days."""

    list_display = ("on", "is_working", "name")
    list_filter = ("is_working",)
    fields = ("on", "is_working", "name")
    readonly_fields = ("on",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let a day follow the week again."""
        return self.has_module_permission(request)

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: ModelForm[Any], change: bool) -> None:
        """Save through the action."""
        set_calendar_day(obj.on, is_working=obj.is_working, name=obj.name, by=person_of(request), at=now())

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        """Delete through the action."""
        delete_calendar_day(obj.on, by=person_of(request), at=now())
