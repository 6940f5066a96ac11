"""Forms for splitting a case, for what a unit does with its part, for the checklist and for the joint visit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.clock import now
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.actions.inspecting import Finding
from tongqu.systems.cases.actions.parts import PartWanted, photos_needed
from tongqu.systems.cases.forms.fields import Choices, LongSelect, PhotosField, words_field
from tongqu.systems.cases.forms.moves import FORMS, MoveForm, VerifyForm
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.parts import CasePart
from tongqu.systems.cases.queries.answering import suggested_units
from tongqu.systems.cases.queries.routing import routing_for

ROWS = 3
Row = tuple[str, str]


class PartsInput(forms.Widget):
    """Rows of a unit and what it is to do; a script adds more."""

    units: Choices = []
    has_lead = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        """Return the rows that were filled in, wholly or in part."""
        units, tasks = data.getlist(f"{name}_unit"), data.getlist(f"{name}_task")
        rows = [(unit.strip(), task.strip()) for unit, task in zip(units, tasks, strict=False)]
        return [row for row in rows if row != ("", "")]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Answer whether the form was sent without this field."""
        return f"{name}_unit" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the rows: those filled in, and empty ones up to three."""
        filled = list(value or [])
        rows = filled + [("", "")] * max(0, ROWS - len(filled))
        identity = (attrs or {}).get("id", name)
        inner = format_html_join(
            "", "{}", ((self._row(name, identity, n, row),) for n, row in enumerate(rows))
        )
        return format_html(
            '<div class="part-rows" id="{}" data-part-rows data-add="{}">{}</div>',
            identity,
            _now("Add a unit"),
            inner,
        )

    def _row(self, name: str, identity: str, n: int, row: Row) -> SafeString:
        select = LongSelect(choices=[("", "—"), *self.units])
        unit = select.render(f"{name}_unit", row[0], {"id": f"{identity}_unit_{n}"})
        role = _now("Lead") if n == 0 and self.has_lead else _now("Assists")
        return format_html(
            '<div class="part-row"><span class="chip">{}</span><label><span>{}</span>{}</label>'
            '<label><span>{}</span><input type="text" name="{}_task" value="{}" maxlength="500"></label></div>',
            role, _now("Unit"), unit, _now("What it is to do"), name, row[1],
        )  # fmt: skip


class PartsField(forms.Field):
    """The units wanted and their tasks, as `PartWanted`."""

    widget = PartsInput

    def clean(self, value: Any) -> list[PartWanted]:
        """Return the rows; one with only half of it filled in is refused by its number."""
        problems, found = [], []
        units = {
            unit.code: unit for unit in Unit.objects.filter(code__in=[code for code, _task in value or []])
        }
        for number, (code, task) in enumerate(value or [], 1):
            if code not in units:
                problems.append(_now("Row %(row)s: choose a unit.") % {"row": number})
            elif not task:
                problems.append(_now("Row %(row)s: write what the unit is to do.") % {"row": number})
            else:
                found.append(PartWanted(units[code], task))
        if problems:
            raise forms.ValidationError(problems)
        return found


def _choices(units: Iterable[Unit]) -> list[tuple[str, str]]:
    return [(unit.code, unit.name) for unit in units]


class SplitForm(MoveForm):
    """Names the units, each with what it is to do; the first one leads."""

    parts = PartsField(label=_("Units and tasks"))
    note = words_field(_("Note for the units"), required=False, rows=2)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Offer whom the responsibility list names first; where the case has its unit already, that one leads."""
        offer = routing_for(self.case, now())
        named = [*([offer.lead] if offer and offer.lead else []), *(offer.assisting if offer else [])]
        near = list(dict.fromkeys([*named, *(s.unit for s in suggested_units(self.case))]))
        others = Unit.objects.filter(is_active=True).exclude(pk__in=[u.pk for u in near]).order_by("path")
        widget = self.fields["parts"].widget
        assert isinstance(widget, PartsInput)  # noqa: S101  # the field's own widget
        widget.units = [(_now("Suggested"), _choices(near)), (_now("Other units"), _choices(others))]
        widget.has_lead = not self.case.is_split
        self.fields["parts"].initial = [(unit.code, "") for unit in self._first_units(named or near[:1])]

    def _first_units(self, named: list[Unit]) -> list[Unit]:
        """Return the units that the rows begin with: the lead, then those that the list has assist."""
        if self.case.is_split:
            return []
        lead = self.case.owner_unit
        return list(dict.fromkeys([lead, *named[1:]] if lead is not None else named))

    @property
    def arguments(self) -> dict[str, Any]:
        """The units with their tasks, and the note."""
        return {"parts": self.cleaned_data["parts"], "note": self.cleaned_data["note"]}


MOVE_FORMS: dict[str, type[MoveForm]] = {**FORMS, "split": SplitForm}
"""The form of each move of a case."""


class PartForm(forms.Form):
    """The form of a move that needs nothing but the click."""

    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, part: CasePart, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part = part
        self.fields["expected"].initial = part.revision
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices that depend on the part."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the action is called with, besides evidence."""
        return {}

    @property
    def uploads(self) -> list[UploadedFile[bytes]]:
        """The photos sent along."""
        return list(self.cleaned_data.get("photos") or [])


class ReasonPartForm(PartForm):
    """Gives a reason."""

    reason = words_field(_("Reason"), rows=2)

    @property
    def arguments(self) -> dict[str, Any]:
        """The reason."""
        return {"reason": self.cleaned_data["reason"]}


class GivePartForm(PartForm):
    """Names the unit that gets a part that was sent back."""

    unit = forms.ChoiceField(label=_("Unit"), widget=LongSelect)

    def prepare(self) -> None:
        """Offer the units in use."""
        units = Unit.objects.filter(is_active=True).order_by("path")
        self.fields["unit"].choices = [("", "—"), *((u.code, u.name) for u in units)]  # type: ignore[attr-defined]

    @property
    def arguments(self) -> dict[str, Any]:
        """The unit."""
        return {"unit": Unit.objects.get(code=self.cleaned_data["unit"])}


class HandlePartForm(PartForm):
    """Tells what was done, with photos."""

    text = words_field(_("What was done?"))
    photos = PhotosField(label=_("Photos of the finished work"), required=False)

    def prepare(self) -> None:
        """Ask for photos where the matter needs them."""
        self.fields["photos"].required = bool(photos_needed(self.part))

    @property
    def arguments(self) -> dict[str, Any]:
        """The words."""
        return {"text": self.cleaned_data["text"]}


PART_FORMS: dict[str, type[PartForm]] = {
    "take": PartForm,
    "send_back": ReasonPartForm,
    "give": GivePartForm,
    "withdraw": ReasonPartForm,
    "handle": HandlePartForm,
}
"""The form of each move of a part."""

DONE, NOT_DONE = "done", "not"


class InspectForm(VerifyForm):
    """The checklist: each part done or not, with a word, and the evidence for the whole."""

    def __init__(self, *args: Any, parts: Sequence[CasePart], case: Case, **kwargs: Any) -> None:
        self.parts = parts
        super().__init__(*args, case=case, **kwargs)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Ask of each part whether it is done, before the evidence and the words for the whole."""
        super().prepare(nearby)
        # Photos show that all is done; where a part is not, none is needed.
        self.fields["photos"].required = False
        asked: dict[str, forms.Field] = {}
        for part in self.parts:
            label = _("Part %(place)s: %(unit)s") % {"place": part.place, "unit": part.unit}
            asked[f"passed_{part.place}"] = forms.ChoiceField(
                label=label,
                choices=[(DONE, _("Done")), (NOT_DONE, pgettext_lazy("part of a case", "Not done"))],
                widget=forms.RadioSelect,
            )
            asked[f"note_{part.place}"] = forms.CharField(
                label=_("What was found there"), required=False, max_length=500
            )
        self.fields = {**asked, **self.fields}

    @property
    def all_done(self) -> bool:
        """Whether every part was found done."""
        return all(self.cleaned_data[f"passed_{part.place}"] == DONE for part in self.parts)

    @property
    def arguments(self) -> dict[str, Any]:
        """The findings and the words for the whole."""
        data = self.cleaned_data
        findings = [
            Finding(part.place, data[f"passed_{part.place}"] == DONE, data[f"note_{part.place}"])
            for part in self.parts
        ]
        return {"findings": findings, "note": data["note"]}


class VisitForm(forms.Form):
    """Says when the units visit the place together."""

    planned_at = forms.DateTimeField(
        label=_("Planned for"),
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = words_field(_("Where to meet, and what to bring"), required=False, rows=2)
