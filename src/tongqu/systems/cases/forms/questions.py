"""The questions of a matter as a form: widgets by kind, checked by the rules of answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongqu.systems.cases.models.answers import fault_say
from tongqu.systems.cases.rules.answers import asked_only, check_answers
from tongqu.systems.cases.rules.questions import MOST_LINE, Question, QuestionKind

PREFIX = "q_"
LIST_UP_TO = 6
"""Lists with so many answers stand open; longer ones fold."""


class AnswerField(forms.Field):
    """Takes whatever was sent: all answers are checked together, for they depend on each other."""

    def clean(self, value: Any) -> Any:
        """Return the value as it came."""
        return value


class QuestionsForm(forms.Form):
    """The questions of one matter; `answers` holds the answers in their types once it is valid."""

    def __init__(self, questions: Sequence[Question], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.questions = questions
        self.answers: dict[str, object] = {}
        for question in questions:
            self.fields[PREFIX + question.code] = _field(question, questions)

    def clean(self) -> dict[str, Any]:
        """Check all answers; those to questions that were not asked are left out."""
        sent = {question.code: self._sent(question) for question in self.questions}
        _answers, faults = check_answers(self.questions, sent)
        self.answers, faults = check_answers(self.questions, asked_only(sent, faults))
        asked = {question.code: question for question in self.questions}
        for fault in faults:
            self.add_error(PREFIX + fault.code, fault_say(fault.kind, asked[fault.code]))
        return self.cleaned_data

    def _sent(self, question: Question) -> list[str]:
        data = self.data
        assert isinstance(data, QueryDict)  # noqa: S101 - a form without data is never cleaned
        return [str(value) for value in data.getlist(PREFIX + question.code)]


def _field(question: Question, questions: Sequence[Question]) -> AnswerField:
    language = get_language() or ""
    label = question.says(language)
    return AnswerField(
        label=f"{label} ({question.unit})" if question.unit else label,
        required=question.is_required,
        widget=_widget(question, language),
        help_text=_condition(question, questions, language),
    )


def _condition(question: Question, questions: Sequence[Question], language: str) -> str:
    """Say when the question is asked, for those whose browser does not hide it."""
    when = question.when
    before = next((each for each in questions if when and each.code == when.question), None)
    if when is None or before is None:
        return ""
    names = dict(before.choices(_("Yes"), _("No"), language))
    return _("Only if “%(question)s” is: %(answers)s") % {
        "question": before.says(language),
        "answers": " / ".join(names[value] for value in when.values if value in names),
    }


def _widget(question: Question, language: str) -> forms.Widget:
    attrs: dict[str, Any] = {}
    if question.when is not None:
        attrs = {"data-when": PREFIX + question.when.question, "data-when-is": " ".join(question.when.values)}
    choices = question.choices(_("Yes"), _("No"), language)
    match question.kind:
        case QuestionKind.CHOICE | QuestionKind.YES_NO if len(choices) <= LIST_UP_TO:
            return forms.RadioSelect(attrs, choices)
        case QuestionKind.CHOICE:
            return forms.Select(attrs, [("", "—"), *choices])
        case QuestionKind.CHOICES:
            return forms.CheckboxSelectMultiple(attrs, choices)
        case QuestionKind.NUMBER:
            bounds = {"min": question.least, "max": question.most}
            given = {name: f"{value:g}" for name, value in bounds.items() if value is not None}
            return forms.NumberInput({**attrs, "step": "any", "inputmode": "decimal", **given})
        case QuestionKind.DATE:
            return forms.DateInput({**attrs, "type": "date"})
        case QuestionKind.MOMENT:
            return forms.DateTimeInput({**attrs, "type": "datetime-local"})
        case _:
            return forms.TextInput({**attrs, "maxlength": MOST_LINE})
