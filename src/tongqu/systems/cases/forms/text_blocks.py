"""The forms of text blocks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Person, Unit
from tongqu.systems.cases.forms.fields import LongSelect
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.text_block import TextBlock
from tongqu.systems.cases.queries.matters import matters_by_class
from tongqu.systems.cases.queries.text_blocks import kept_units, may_keep


class TextBlockForm(forms.Form):
    """One block."""

    title = forms.CharField(label=_("Title"), max_length=60)
    text = forms.CharField(
        label=_("Text"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("{number}, {unit}, {matter}, {due} and {handling} are filled in from the case."),
    )
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    matter = forms.ChoiceField(label=_("Only for this matter"), required=False, widget=LongSelect)
    class_name = forms.ChoiceField(label=_("Only for this class of matters"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    is_active = forms.BooleanField(label=_("in use"), required=False)

    def __init__(self, person: Person, block: TextBlock, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            **{
                name: getattr(block, name)
                for name in ("title", "text", "language", "class_name", "is_active")
            },
            "unit": block.unit.code if block.unit else "",
            "matter": block.matter.code if block.matter else "",
        }
        super().__init__(*args, **kwargs)
        self.block = block
        units = [(unit.code, unit.name) for unit in kept_units(person)]
        whole = [("", _("Whole region"))] if may_keep(person, None) else []
        grouped = matters_by_class()
        self.fields["unit"].choices = [*whole, *units]  # type: ignore[attr-defined]
        self.fields["matter"].choices = [("", "—"), *grouped]  # type: ignore[attr-defined]
        self.fields["class_name"].choices = [("", "—"), *((name, name) for name, _all in grouped)]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> TextBlock:
        """The block as the form wants it; not saved."""
        data, block = self.cleaned_data, self.block
        for name in ("title", "text", "language", "class_name", "is_active"):
            setattr(block, name, data[name])
        block.unit = Unit.objects.filter(code=data["unit"]).first() if data["unit"] else None
        block.matter = Matter.objects.filter(code=data["matter"]).first() if data["matter"] else None
        return block


class BlocksFileForm(forms.Form):
    """A CSV of blocks."""

    file = forms.FileField(label=_("CSV file"))
