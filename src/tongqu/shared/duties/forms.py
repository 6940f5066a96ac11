"""The forms of the duty pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.kernel.calendar import Allowance, BadAllowance
from tongqu.shared.access.queries import scope_of
from tongqu.shared.duties.analytics import Period, first_of_month, month_of
from tongqu.shared.duties.models import Duty
from tongqu.shared.duties.queries import Filters, Whose, may_hand_to, posted
from tongqu.shared.duties.rules import (
    DEFAULT_STEPS,
    MOST_CHARACTERS,
    SUPERVISORS,
    Audience,
    Lamp,
    Step,
    Thresholds,
    known_kinds,
)
from tongqu.shared.region.models import Division, Person, Unit, below
from tongqu.shared.region.queries import people_in
from tongqu.shared.region.rules import Level
from tongqu.shared.ui.words import LAMPS

LAMP_WORDS = {lamp: LAMPS[lamp.value] for lamp in (Lamp.RED, Lamp.YELLOW, Lamp.BLUE)}
WHOSE_WORDS = {Whose.MINE: _("Mine"), Whose.UNIT: _("My unit's"), Whose.ALL: _("All in my sight")}
AUDIENCE_WORDS = {
    Audience.OWNER: _("The owner"),
    Audience.HEAD: _("Head of the unit"),
    Audience.SUPERVISOR: _("Supervising unit"),
}
MOST_STEPS = 12


class BoardForm(forms.Form):
    """The filters of the board."""

    whose = forms.ChoiceField(
        label=_("Whose"), choices=list(WHOSE_WORDS.items()), required=False, widget=forms.HiddenInput
    )
    text = forms.CharField(label=_("Text"), max_length=60, required=False, widget=forms.SearchInput)
    lamp = forms.ChoiceField(
        label=_("Lamp"), choices=[("", _("All lamps")), *LAMP_WORDS.items()], required=False
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), to_field_name="code", required=False, empty_label=_("All units")
    )
    division = forms.ModelChoiceField(
        Division.objects.none(),
        label=_("Place"),
        to_field_name="code",
        required=False,
        empty_label=_("All places"),
    )
    due_from = forms.DateField(
        label=_("Due from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    due_to = forms.DateField(
        label=_("Due to"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = scope_of(person)
        self.fields["kind"].choices = [("", _("All kinds")), *((k.code, k.label) for k in known_kinds())]  # type: ignore[attr-defined]  # a ChoiceField
        units = Unit.objects.filter(scope.q("division__path", "path"), is_active=True)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a ModelChoiceField
        around = Q(pk__in=[]) if not scope.everything else Q()
        for held in posted(person):
            around |= below("path", held.division_path)
        places = Division.objects.filter(around, level__in=[Level.COUNTY, Level.TOWNSHIP])
        self.fields["division"].queryset = places.defer("outline")  # type: ignore[attr-defined]  # as above

    def filters(self, usual: Whose) -> Filters:
        """Return the filters that hold; a field that is wrong filters nothing and shows its error."""
        self.is_valid()
        found = self.cleaned_data
        return Filters(
            whose=Whose(found.get("whose") or usual),
            lamp=Lamp(found["lamp"]) if found.get("lamp") else None,
            kind=found.get("kind") or "",
            unit=found.get("unit"),
            division=found.get("division"),
            due_from=found.get("due_from"),
            due_to=found.get("due_to"),
            text=(found.get("text") or "").strip(),
        )


class ReasonForm(forms.Form):
    """Why someone acts."""

    reason = forms.CharField(
        label=_("Reason"), max_length=MOST_CHARACTERS, widget=forms.Textarea(attrs={"rows": 2})
    )


class AllowanceField(forms.CharField):
    """An amount of time, such as `3wd`."""

    def clean(self, value: Any) -> Allowance:
        """Return the allowance; a text that says none is an error."""
        try:
            return Allowance.parse(super().clean(value))
        except BadAllowance:
            raise forms.ValidationError(
                _("Write a number and a unit: 4wh (working hours), 3wd (working days), 2h or 7d."),
                code="allowance",
            ) from None


class ExtensionForm(ReasonForm):
    """How much more time the owner asks for."""

    wanted = AllowanceField(
        label=_("More time"),
        max_length=10,
        help_text=_("Such as 4wh (working hours), 3wd (working days), 2h (hours) or 7d (days)."),
    )
    field_order = ["wanted", "reason"]


class DecisionForm(forms.Form):
    """Whether more time is granted."""

    note = forms.CharField(
        label=_("Note"), max_length=MOST_CHARACTERS, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ForecastForm(forms.Form):
    """When the owner expects to be done."""

    expected_on = forms.DateField(
        label=_("Expected on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty to take the forecast back."),
    )


class TransferForm(ReasonForm):
    """To whom a duty goes."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"), to_field_name="code")
    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Person"),
        required=False,
        empty_label=_("Nobody named"),
        to_field_name="username",
    )
    field_order = ["unit", "person", "reason"]

    def __init__(self, *args: Any, by: Person, duty: Duty, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"unit": duty.owner_unit.code})
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(is_active=True)
        if not any(held.role in SUPERVISORS for held in posted(by)):
            units = units.filter(pk=duty.owner_unit_id)
        allowed = [u.pk for u in units.select_related("division") if may_hand_to(by, duty, u)]
        self.fields["unit"].queryset = units.filter(pk__in=allowed)  # type: ignore[attr-defined]  # ModelChoiceField
        people = people_in(duty.owner_unit)
        if self.is_bound:
            people = Person.objects.filter(is_active=True)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]  # ModelChoiceField


class ThresholdsForm(forms.Form):
    """When the lamp of a kind turns."""

    yellow_percent = forms.IntegerField(
        label=_("Yellow when this much of the time is used, %"), min_value=1, max_value=100
    )
    red_days_late = forms.IntegerField(label=_("Red so many working days late"), min_value=0, max_value=250)
    yellow_slip_days = forms.IntegerField(
        label=_("Yellow when the forecast slips by days"), min_value=0, max_value=3650
    )
    red_slip_days = forms.IntegerField(
        label=_("Red when the forecast slips by days"), min_value=0, max_value=3650
    )

    def thresholds(self) -> Thresholds:
        """Return the numbers given."""
        found = self.cleaned_data
        return Thresholds(
            found["yellow_percent"] / 100,
            found["red_days_late"],
            found["yellow_slip_days"],
            found["red_slip_days"],
        )


class StepForm(forms.Form):
    """One step of reminding; empty is none."""

    percent = forms.IntegerField(label=_("% of the time"), min_value=1, max_value=100, required=False)
    days_after = forms.IntegerField(
        label=_("Working days after due"), min_value=0, max_value=250, required=False
    )
    audience = forms.ChoiceField(
        label=_("Who hears of it"), choices=[("", "–"), *AUDIENCE_WORDS.items()], required=False
    )

    def clean(self) -> dict[str, Any]:
        """Check that the fields make a step together."""
        found = super().clean() or {}
        if not found.get("percent"):
            if found.get("days_after") or found.get("audience"):
                self.add_error("percent", _("Say at which share of the time; 100 is when due."))
            return found
        if found["percent"] < 100 and found.get("days_after"):
            self.add_error("days_after", _("Days count only after the due time: write 100 % with them."))
        if not found.get("audience"):
            self.add_error("audience", _("Say who hears of it."))
        return found

    def step(self) -> Step | None:
        """Return the step, or None for an empty row."""
        found = self.cleaned_data
        if not found.get("percent"):
            return None
        return Step(found["percent"] / 100, found.get("days_after") or 0, Audience(found["audience"]))


StepFormSet = forms.formset_factory(StepForm, extra=2, max_num=MOST_STEPS, absolute_max=MOST_STEPS)


def rows_of(steps: tuple[Step, ...] = DEFAULT_STEPS) -> list[dict[str, Any]]:
    """Return steps as the rows of their form."""
    return [
        {"percent": round(s.share * 100), "days_after": s.days_after, "audience": s.audience} for s in steps
    ]


class PeriodForm(forms.Form):
    """The period of the league: a month, or any days."""

    first_on = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_on = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        """Check the order of the days."""
        found = super().clean() or {}
        first, last = found.get("first_on"), found.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The period ends before it begins. Choose a later day."))
        if first and last and (last - first).days > 3660:
            self.add_error("last_on", _("Choose a period of at most ten years."))
        return found

    def period(self, today: date) -> Period:
        """Return the period asked for; the month of today without one."""
        usual = month_of(today)
        if not self.is_valid():
            return usual
        first, last = self.cleaned_data.get("first_on"), self.cleaned_data.get("last_on")
        if first is None:
            return Period(first_of_month(last), last) if last else usual
        return Period(first, max(first, last or today))
