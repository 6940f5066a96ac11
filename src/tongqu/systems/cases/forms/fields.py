"""Fields and widgets of the case forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from tongqu.systems.cases.models.matter import Matter

MOST_PHOTOS = 9
Choices = list[tuple[str, Any]]


class PhotoInput(forms.ClearableFileInput):
    """A file input that takes several photos; on a phone it offers the camera."""

    allow_multiple_selected = True


class LongSelect(forms.Select):
    """A list of choices that may be hundreds long: written at once, not by a template for each choice."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the element with its choices and groups."""
        chosen = {str(v) for v in self.format_value(value)}
        parts = [
            format_html('<optgroup label="{}">{}</optgroup>', key, self._options(label, chosen))
            if isinstance(label, list | tuple)
            else self._options([(key, label)], chosen)
            for key, label in self.choices
        ]
        about = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", about, mark_safe("".join(parts)))  # noqa: S308 - parts are escaped

    @staticmethod
    def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
        return format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, mark_safe(" selected") if str(key) in chosen else "", label) for key, label in choices),
        )


class FoldingForm(forms.Form):
    """A bar of filters of which only those named by `FIRST` always show; the others fold away."""

    FIRST: tuple[str, ...] = ()

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The filters that always show."""
        return [self[name] for name in self.FIRST]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The filters that fold away."""
        return [self[name] for name in self.fields if name not in self.FIRST]

    @property
    def has_more(self) -> bool:
        """Whether one of the folded filters is in use, or refused."""
        return any(field.value() or field.errors for field in self.more_fields)


class PhotosField(forms.FileField):
    """Several photos; what is in them is checked by the store of evidence."""

    def __init__(self, **options: Any) -> None:
        widget = PhotoInput(attrs={"accept": "image/*", "multiple": True})
        super().__init__(widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Return the files; the base class knows only one."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(
                _("Send at most %(most)s photos at once."), code="too-many", params={"most": MOST_PHOTOS}
            )
        if not files:
            super().clean(None, initial)
        return [super(PhotosField, self).clean(file, initial) for file in files]


def words_field(label: Any, **options: Any) -> forms.CharField:
    """Return a field for some sentences."""
    attrs = {"rows": options.pop("rows", 3)}
    return forms.CharField(label=label, max_length=5000, widget=forms.Textarea(attrs=attrs), **options)


def classes() -> list[tuple[str, str]]:
    """Return the classes of matters as choices."""
    rows = Matter.objects.order_by("class_code").values_list("class_code", "class_name")
    return list(dict(rows.distinct()).items())
