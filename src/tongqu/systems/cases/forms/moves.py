"""One form for each move of a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tongqu.shared.clock import now
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.forms.fields import LongSelect, PhotosField, words_field
from tongqu.systems.cases.forms.reporter import rating_in, satisfied_field, stars_field
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.answering import suggested_units
from tongqu.systems.cases.queries.matters import matters_by_class
from tongqu.systems.cases.queries.routing import Routing, routing_for
from tongqu.systems.cases.queries.suspension import latest_day, open_suspension
from tongqu.systems.cases.rules.kinds import VerifyBy
from tongqu.systems.cases.rules.naming import id_in_number

BY_PHOTO = frozenset({VerifyBy.PHOTO, VerifyBy.AIR})


class MoveForm(forms.Form):
    """The form of a move that needs nothing but the click."""

    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, nearby: Sequence[Evidence] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["expected"].initial = case.revision
        self.prepare(nearby)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Fill in choices that depend on the case."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the action is called with, besides evidence."""
        return {}

    @property
    def uploads(self) -> list[UploadedFile[bytes]]:
        """The photos sent along."""
        return list(self.cleaned_data.get("photos") or [])

    @property
    def picked(self) -> list[str]:
        """SHA-256 of the photos chosen among those that are there already."""
        return list(self.cleaned_data.get("near") or [])


class AcceptForm(MoveForm):
    """Names the matter."""

    matter = forms.ChoiceField(label=_("Matter"), widget=LongSelect)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Offer the matters in use; what the reporter chose comes first."""
        self.fields["matter"].choices = [("", "—"), *matters_by_class()]  # type: ignore[attr-defined]
        self.fields["matter"].initial = self.case.matter.code if self.case.matter else ""

    @property
    def arguments(self) -> dict[str, Any]:
        """The matter."""
        return {"matter": Matter.objects.get(code=self.cleaned_data["matter"])}


class ReasonForm(MoveForm):
    """Gives a reason."""

    reason = words_field(_("Reason"))

    @property
    def arguments(self) -> dict[str, Any]:
        """The reason."""
        return {"reason": self.cleaned_data["reason"]}


class UnitForm(MoveForm):
    """Names the unit; those that answer for matter and place stand first."""

    unit = forms.ChoiceField(label=_("Unit"), widget=LongSelect)

    offer: Routing | None = None
    """What the responsibility list says; shown above the fields."""

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Offer whom the list names, then the suggested units, then all others; each stands once."""
        offer = self.offer = routing_for(self.case, now())
        groups = [
            (_("Leads by the list"), [offer.lead] if offer and offer.lead else []),
            (_("Assists by the list"), offer.assisting if offer else []),
            (_("Suggested"), [suggestion.unit for suggestion in suggested_units(self.case)]),
            (_("Other units"), list(Unit.objects.filter(is_active=True).order_by("path"))),
        ]
        known: set[str] = set()
        choices = []
        for label, units in groups:
            choices.append((label, [(u.code, u.name) for u in units if u.code not in known]))
            known |= {unit.code for unit in units}
        filled = [group for group in choices if group[1]]
        self.fields["unit"].choices = filled  # type: ignore[attr-defined]
        near = [code for _label, units in choices[:3] for code, _name in units]
        self.fields["unit"].initial = near[0] if near else ""

    @property
    def arguments(self) -> dict[str, Any]:
        """The unit, and the words beside it."""
        names = [name for name in self.fields if name in ("note", "reason")]
        words = {name: self.cleaned_data[name] for name in names}
        return {"unit": Unit.objects.get(code=self.cleaned_data["unit"]), **words}


class DispatchForm(UnitForm):
    """Sends the case out, with a note if it helps."""

    note = words_field(_("Note for the unit"), required=False, rows=2)


class DecideForm(UnitForm):
    """Names the unit that must handle a disputed case, and says why."""

    reason = words_field(_("Why this unit?"), help_text=_("The decision binds, so give the ground for it."))


class SuspendForm(ReasonForm):
    """Says until when a case rests; what its unit asked for is filled in."""

    until_on = forms.DateField(
        label=_("Rests until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field_order = ("until_on", "reason")

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Fill in what was asked for; name the last day there may be."""
        latest = latest_day(self.case, now()).isoformat()
        self.fields["until_on"].widget.attrs["max"] = latest
        self.fields["until_on"].help_text = _(
            "The clock runs on when that day begins: %(day)s at the latest."
        ) % {"day": latest}
        asked = open_suspension(self.case)
        if asked is not None:
            self.fields["until_on"].initial = asked.until_on
            self.fields["reason"].initial = asked.reason

    @property
    def arguments(self) -> dict[str, Any]:
        """The day and the reason."""
        return {"until_on": self.cleaned_data["until_on"], **super().arguments}


class HandleForm(MoveForm):
    """Tells what was done, with photos."""

    text = words_field(_("What was done?"))
    photos = PhotosField(label=_("Photos of the finished work"), required=False)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Ask for photos where the matter needs them."""
        self.fields["photos"].required = bool(self.case.terms.photos_needed)

    @property
    def arguments(self) -> dict[str, Any]:
        """The words."""
        return {"text": self.cleaned_data["text"]}


class VerifyForm(MoveForm):
    """Finds the work done: by newer photos of the place, by photos of one's own, or by words."""

    near = forms.MultipleChoiceField(
        label=_("Newer photos of the place"), required=False, widget=forms.CheckboxSelectMultiple
    )
    photos = PhotosField(label=_("Photos of your own"), required=False)
    note = words_field(_("What did you find?"), required=False)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Offer the newer photos; ask for the reporter's words where the matter is verified by them."""
        if nearby:
            self.fields["near"].choices = [(e.sha256, e.name) for e in nearby]  # type: ignore[attr-defined]
            # The nearest one is chosen already, so that one click verifies.
            self.fields["near"].initial = [nearby[0].sha256]
        else:
            del self.fields["near"]
            self.fields["photos"].required = self.case.terms.verify_by in BY_PHOTO
        if self.case.terms.verify_by == VerifyBy.REPORTER:
            self.fields["note"].required = True
            self.fields["note"].label = _("What did the reporter say?")

    @property
    def arguments(self) -> dict[str, Any]:
        """The words."""
        return {"note": self.cleaned_data["note"]}


class RefuseForm(ReasonForm):
    """Finds the work not done: why, with photos if there are any."""

    photos = PhotosField(label=_("Photos"), required=False)


class RateForm(MoveForm):
    """What the reporter thinks, heard on the telephone."""

    is_satisfied, stars = satisfied_field(), stars_field()
    text = words_field(_("What did the reporter say?"), required=False, rows=2)

    @property
    def arguments(self) -> dict[str, Any]:
        """The rating."""
        return rating_in(self.cleaned_data)


class JoinForm(MoveForm):
    """Names the case to join to."""

    parent = forms.CharField(
        label=_("Number of the other case"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "num"}),
    )

    def clean_parent(self) -> Case:
        """Return the case with the number; whether it may be joined to is the action's to say."""
        number = str(self.cleaned_data["parent"]).strip()
        pk = id_in_number(number)
        found = Case.objects.filter(pk=pk).first() if pk is not None else None
        if found is None or found.number != number:
            raise forms.ValidationError(_("No case has this number. Copy it from the other case's page."))
        return found

    @property
    def arguments(self) -> dict[str, Any]:
        """The other case."""
        return {"parent": self.cleaned_data["parent"]}


class NoteForm(MoveForm):
    """Takes a word if it helps."""

    note = words_field(_("Note"), required=False, rows=2)

    @property
    def arguments(self) -> dict[str, Any]:
        """The note."""
        return {"note": self.cleaned_data["note"]}


FORMS: dict[str, type[MoveForm]] = {
    "accept": AcceptForm,
    "reject": ReasonForm,
    "register": NoteForm,
    "dispatch": DispatchForm,
    "take": MoveForm,
    "send_back": ReasonForm,
    "decide": DecideForm,
    "ask_suspension": SuspendForm,
    "suspend": SuspendForm,
    "refuse_suspension": ReasonForm,
    "resume": NoteForm,
    "handle": HandleForm,
    "verify": VerifyForm,
    "refuse": RefuseForm,
    "close": NoteForm,
    "rate": RateForm,
    "reopen": ReasonForm,
    "join": JoinForm,
    "separate": MoveForm,
}
"""The form of each move."""
