"""A file of figures, and what it comes with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LARGEST_MB = 20


class FiguresForm(forms.Form):
    """The file, or the one that was looked at, with the release that its figures come with."""

    file = forms.FileField(
        label=_("File"),
        error_messages={"required": _("Choose a file.")},
        help_text=_("CSV (UTF-8 or GB18030), XLSX, or SDMX-ML (structure or data); at most 20 MB."),
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx,.xml,.txt"}),
    )
    title = forms.CharField(
        label=_("Title of the release"),
        max_length=200,
        help_text=_("What the figures come with, such as the bulletin's name."),
    )
    source = forms.CharField(label=_("source"), max_length=300, required=False)
    known_at = forms.DateTimeField(
        label=_("Known to the public since"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("A revision counts from here on. SDMX data that say it keep their own."),
    )
    keeps_file = forms.BooleanField(
        label=_("Keep the table as evidence of its figures"), required=False, initial=True
    )
    key = forms.RegexField(r"[0-9a-f]{64}", required=False, widget=forms.HiddenInput)
    file_name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("key")

    def clean_file(self) -> Any:
        """Refuse what is too large."""
        file = self.cleaned_data.get("file")
        if file is not None and file.size > LARGEST_MB * 1024 * 1024:
            raise forms.ValidationError(_("The file is larger than 20 MB. Split it."))
        return file
