"""The questions that a matter asks of whoever reports: their definition, what can be wrong with it, conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST_QUESTIONS = 30
MOST_OPTIONS = 50
MOST_LINE = 500
LANGUAGES = ("zh_hans", "zh_hant", "en")
YES_NO = {"yes": True, "no": False}
_CODE = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,39}$")


class QuestionKind(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    """A day and a time of day, local."""
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"


LISTS = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})
DECIDING = LISTS | {QuestionKind.YES_NO}
"""Kinds on whose answer another question can depend."""


class Flaw(StrEnum):
    """What can be wrong with the definition of a question."""

    TOO_MANY = "too-many"
    CODE = "code"
    TWICE = "twice"
    KIND = "kind"
    TEXT = "text"
    OPTIONS = "options"
    NO_LIST = "no-list"
    BOUNDS = "bounds"
    UNKNOWN = "when-unknown"
    NOT_DECIDING = "when-not-deciding"
    VALUES = "when-values"


@dataclass(frozen=True)
class QuestionFlaw:
    """A flaw of one question: its place among the questions from 0, and the field that has it."""

    place: int
    field: str
    flaw: Flaw


@dataclass(frozen=True)
class Option:
    """One answer of a list, with its text in languages."""

    code: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class When:
    """The condition of a question: an earlier question has one of these answers (`yes` and `no` for yes_no)."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question. `unit`, `least` and `most` belong to numbers, `options` to lists."""

    code: str
    kind: QuestionKind
    text: Mapping[str, str]
    is_required: bool = False
    options: tuple[Option, ...] = ()
    unit: str = ""
    least: float | None = None
    most: float | None = None
    when: When | None = field(default=None)

    def says(self, language: str) -> str:
        """Return the question in the language."""
        return in_language(self.text, language)

    def choices(self, yes: str, no: str, language: str) -> list[tuple[str, str]]:
        """Return the keys and names that a list offers; none for what is no list.

        >>> Question("A", QuestionKind.YES_NO, {}).choices("Yes", "No", "en")
        [('yes', 'Yes'), ('no', 'No')]
        >>> Question("A", QuestionKind.CHOICE, {}, options=(Option("s", {"en": "Soil"}),)).choices("", "", "en")
        [('s', 'Soil')]
        >>> Question("A", QuestionKind.NUMBER, {}).choices("", "", "en")
        []
        """
        if self.kind == QuestionKind.YES_NO:
            return [("yes", yes), ("no", no)]
        return [(option.code, in_language(option.text, language)) for option in self.options]


def in_language(text: object, language: str) -> str:
    """Return a text kept in languages in the one wanted, else in Simplified Chinese, else in any.

    >>> in_language({"zh_hans": "颜色", "en": "Colour"}, "en"), in_language("A", "en"), in_language({}, "en")
    ('Colour', 'A', '')
    """
    if not isinstance(text, Mapping):
        return str(text or "")
    wanted = (language.replace("-", "_"), language.split("-")[0], "zh_hans", *text)
    return next((str(text[key]) for key in wanted if text.get(key)), "")


def questions_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Return the questions of a matter, which were found without a flaw when they were kept.

    >>> kept = [{"code": "A", "kind": "yes_no", "text": {"en": "Blocked?"}, "required": True}]
    >>> questions_of(kept)[0].is_required
    True
    """
    return tuple(_question(each) for each in kept)


def _question(kept: Mapping[str, Any]) -> Question:
    when = kept.get("when")
    return Question(
        code=str(kept["code"]),
        kind=QuestionKind(kept["kind"]),
        text=kept["text"] if isinstance(kept["text"], Mapping) else {"zh_hans": str(kept["text"])},
        is_required=bool(kept.get("required")),
        options=tuple(Option(str(o["code"]), o.get("text") or {}) for o in kept.get("options") or ()),
        unit=str(kept.get("unit") or ""),
        least=kept.get("least"),
        most=kept.get("most"),
        when=When(str(when["question"]), tuple(map(str, when["is"]))) if when else None,
    )


def is_asked(question: Question, answers: Mapping[str, object]) -> bool:
    """Answer whether the question is asked after these answers to the questions before it.

    >>> why = Question("WHY", QuestionKind.TEXT, {}, when=When("OPEN", ("no",)))
    >>> is_asked(why, {"OPEN": False}), is_asked(why, {"OPEN": True}), is_asked(why, {})
    (True, False, False)
    >>> is_asked(Question("Q", QuestionKind.TEXT, {}, when=When("KINDS", ("a",))), {"KINDS": ["a", "b"]})
    True
    """
    if question.when is None:
        return True
    answer = answers.get(question.when.question)
    given = answer if isinstance(answer, list) else [key_of(answer)]
    return any(value in question.when.values for value in given)


def key_of(answer: object) -> object:
    """Return the key by which a list knows the answer.

    >>> key_of(True), key_of("soil")
    ('yes', 'soil')
    """
    return next((key for key, value in YES_NO.items() if value is answer), answer)


def flaws(kept: Sequence[Mapping[str, Any]]) -> list[QuestionFlaw]:
    """Return what is wrong with the questions of a matter.

    A condition names a question that stands before: so conditions chain, and never run in a circle.
    """
    if len(kept) > MOST_QUESTIONS:
        return [QuestionFlaw(MOST_QUESTIONS, "code", Flaw.TOO_MANY)]
    found: list[QuestionFlaw] = []
    before: dict[str, Mapping[str, Any]] = {}
    for place, question in enumerate(kept):
        found += [QuestionFlaw(place, name, flaw) for name, flaw in _flaws_of(question, before)]
        before.setdefault(str(question.get("code")), question)
    return found


def _flaws_of(
    question: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]]
) -> Iterable[tuple[str, Flaw]]:
    code, kind = str(question.get("code") or ""), question.get("kind")
    if not _CODE.match(code):
        yield "code", Flaw.CODE
    if code in before:
        yield "code", Flaw.TWICE
    if kind not in set(QuestionKind):
        yield "kind", Flaw.KIND
        return
    if not _has_text(question.get("text")):
        yield "text", Flaw.TEXT
    yield from _options_flaws(question, QuestionKind(str(kind)))
    if not _bounds_fit(question, QuestionKind(str(kind))):
        yield "least", Flaw.BOUNDS
    if question.get("when"):
        yield from _when_flaws(question["when"], before)


def _has_text(text: object) -> bool:
    """Answer whether there is a text in Simplified Chinese, and none too long."""
    if not isinstance(text, Mapping) or not str(text.get("zh_hans") or "").strip():
        return False
    return all(len(str(words)) <= MOST_LINE for words in text.values())


def _options_flaws(question: Mapping[str, Any], kind: QuestionKind) -> Iterable[tuple[str, Flaw]]:
    options = question.get("options") or ()
    if kind not in LISTS:
        if options:
            yield "options", Flaw.NO_LIST
        return
    codes = [str(option.get("code") or "") for option in options]
    good = all(re.match(r"^[A-Za-z0-9_]{1,40}$", code) for code in codes)
    if not 2 <= len(codes) <= MOST_OPTIONS or len(set(codes)) < len(codes) or not good:
        yield "options", Flaw.OPTIONS
    elif not all(_has_text(option.get("text")) for option in options):
        yield "options", Flaw.TEXT


def _bounds_fit(question: Mapping[str, Any], kind: QuestionKind) -> bool:
    least, most = question.get("least"), question.get("most")
    if kind != QuestionKind.NUMBER:
        return least is None and most is None and not question.get("unit")
    if any(not isinstance(bound, int | float | None) or isinstance(bound, bool) for bound in (least, most)):
        return False
    return least is None or most is None or least <= most


def _when_flaws(when: object, before: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, Flaw]]:
    asked = before.get(str(when.get("question"))) if isinstance(when, Mapping) else None
    if asked is None or not isinstance(when, Mapping):
        yield "when", Flaw.UNKNOWN
        return
    if asked.get("kind") not in DECIDING:
        yield "when", Flaw.NOT_DECIDING
        return
    offered = {str(option.get("code")) for option in asked.get("options") or ()} or set(YES_NO)
    values = when.get("is")
    if not isinstance(values, list | tuple) or not values or not {str(value) for value in values} <= offered:
        yield "when", Flaw.VALUES
