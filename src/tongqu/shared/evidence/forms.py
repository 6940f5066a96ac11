"""Forms of the evidence pages, and the field for files that other apps' forms can use."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tongqu.shared.evidence.models import Grant
from tongqu.shared.evidence.queries.finding import Filters
from tongqu.shared.evidence.queries.messages import source_label
from tongqu.shared.evidence.rules.types import EXTENSIONS, TYPES
from tongqu.shared.evidence.rules.words import Kind
from tongqu.shared.region.models import Division, Unit
from tongqu.shared.region.rules import Level

PHOTOS = "image/jpeg,image/png,image/webp,image/tiff"
EVERYTHING = ",".join([*(t.media_type for t in TYPES), *(f".{extension}" for extension in EXTENSIONS)])
ARCHIVES = f"{EVERYTHING},.zip,application/zip"


class FilesInput(forms.ClearableFileInput):
    """A box to drop files on, to choose them in or to take them with the phone's camera.

    Its script shows a preview of each file and the position that the photo holds; without a script it is an
    ordinary file input. The page must load `evidence/upload.js` as a module, which `{{ form.media }}` does.
    """

    allow_multiple_selected = True
    template_name = "evidence/upload.html"

    class Media:
        css = {"all": ["evidence/evidence.css"]}
        js = [forms.Script("evidence/upload.js", type="module")]

    def __init__(self, accept: str = PHOTOS, *, camera: bool = True, multiple: bool = True) -> None:
        super().__init__(attrs={"accept": accept, "multiple": multiple})
        self.camera = camera

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what the template says beside the input."""
        context = super().get_context(name, value, attrs)
        context["camera"] = self.camera
        context["largest_mb"] = settings.EVIDENCE_LARGEST_BYTES // (1024 * 1024)
        return context


class FilesField(forms.FileField):
    """Several files; their content is checked by the store of evidence."""

    def __init__(self, *, accept: str = PHOTOS, camera: bool = True, most: int = 50, **options: Any) -> None:
        self.most = most
        super().__init__(widget=FilesInput(accept, camera=camera, multiple=most > 1), **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Return the files; the base class knows only one."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            super().clean(None, initial)
        if len(files) > self.most:
            say = _("Send at most %(most)s files at once.")
            raise forms.ValidationError(say, code="too-many", params={"most": self.most})
        if sum(file.size or 0 for file in files) > settings.UPLOAD_LARGEST_BYTES:
            say = _("The files together are larger than %(most)s MB. Send them in parts.")
            most = settings.UPLOAD_LARGEST_BYTES // (1024 * 1024)
            raise forms.ValidationError(say, code="too-large", params={"most": most})
        # The base class would refuse an empty file before the store could name it.
        return list(files)


class ImportForm(forms.Form):
    """Files or a ZIP to bring in."""

    chosen = FilesField(
        label=_("Files"),
        accept=ARCHIVES,
        most=settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        help_text=_("Photos and documents, or one ZIP of them. What is known already is not stored again."),
    )
    unit = forms.ModelChoiceField(
        label=_("Brought in by"), queryset=Unit.objects.none(), required=False, empty_label=None
    )
    restricted = forms.BooleanField(
        label=_("Restricted: only for this unit, those above it, and by grant"), required=False
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        unit.initial = units[0] if units else None
        if len(units) < 2:
            # A choice of one is no choice.
            unit.widget = forms.HiddenInput()


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, **options)


KINDS = [("", _("all")), (Kind.PHOTO.value, _("photo")), (Kind.DOCUMENT.value, _("document"))]


class FilterForm(forms.Form):
    """What the list is narrowed to."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=KINDS)
    source = forms.ChoiceField(label=_("Source"), required=False)
    division = forms.ModelChoiceField(
        label=_("Place"),
        required=False,
        queryset=Division.objects.none(),
        empty_label=_("all"),
        to_field_name="code",
    )
    since = _day(_("Taken from"))
    until = _day(_("Taken until"))
    place = forms.ChoiceField(
        label=_("Position"),
        required=False,
        choices=[("", _("all")), ("yes", _("with a position")), ("no", _("without a position"))],
    )
    camera = forms.ChoiceField(label=_("Camera"), required=False)
    view = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any, *, sources: list[str], cameras: list[str]) -> None:
        super().__init__(data)
        every = ("", _("all"))
        self.fields["source"].choices = [every, *((name, source_label(name)) for name in sources)]  # type: ignore[attr-defined]
        self.fields["camera"].choices = [every, *((name, name) for name in cameras)]  # type: ignore[attr-defined]
        levels = [Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP]
        self.fields["division"].queryset = Division.objects.filter(level__in=levels)  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """Return the filters; a field that does not make sense is left out."""
        self.is_valid()
        chosen = self.cleaned_data
        return Filters(
            kind=chosen.get("kind", ""),
            source=chosen.get("source", ""),
            division=chosen.get("division"),
            since_on=chosen.get("since"),
            until_on=chosen.get("until"),
            has_place={"yes": True, "no": False}.get(chosen.get("place", "")),
            camera=chosen.get("camera", ""),
        )


class ShareForm(forms.Form):
    """Share one piece of evidence with a unit."""

    unit = forms.ModelChoiceField(
        label=_("Unit that may see it"), queryset=Unit.objects.filter(is_active=True)
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
    ends_on = _day(_("Until"), help_text=_("the last day; leave it open for no end"))

    def ends_at(self) -> datetime | None:
        """Return the end of the last day."""
        last = self.cleaned_data.get("ends_on")
        return _midnight(last + timedelta(days=1)) if last else None


class GrantForm(ShareForm):
    """Share all the evidence of a unit that a rule covers."""

    from_unit = forms.ModelChoiceField(
        label=_("Whose evidence"), queryset=Unit.objects.none(), empty_label=None
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=KINDS)
    division = forms.ModelChoiceField(
        label=_("Place"), required=False, queryset=Division.objects.all(), empty_label=_("all")
    )
    matter_code = forms.CharField(label=_("Code of the matter"), required=False, max_length=20)
    taken_from = _day(_("Taken from"))
    taken_until = _day(_("Taken until"))
    field_order = [
        "from_unit",
        "unit",
        "kind",
        "division",
        "matter_code",
        "taken_from",
        "taken_until",
        "ends_on",
        "reason",
    ]

    def __init__(self, *args: Any, keepers: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_unit"].queryset = Unit.objects.filter(pk__in=[u.pk for u in keepers])  # type: ignore[attr-defined]
        levels = [Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP]
        self.fields["division"].queryset = Division.objects.filter(level__in=levels)  # type: ignore[attr-defined]

    def rule(self) -> dict[str, Any]:
        """Return the arguments of `grant`."""
        chosen = self.cleaned_data
        since, until = chosen.get("taken_from"), chosen.get("taken_until")
        return {
            "from_unit": chosen["from_unit"],
            "kind": Kind(chosen["kind"]) if chosen["kind"] else None,
            "division": chosen["division"],
            "matter_code": chosen["matter_code"],
            "taken_from": _midnight(since) if since else None,
            "taken_until": _midnight(until + timedelta(days=1)) if until else None,
        }


class RevokeForm(forms.Form):
    """Which grant ends."""

    grant = forms.ModelChoiceField(queryset=Grant.objects.all())


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
