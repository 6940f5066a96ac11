"""Answers to the questions of a matter: read, checked, put in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tongqu.systems.cases.rules.questions import (
    MOST_LINE,
    YES_NO,
    Question,
    QuestionKind,
    in_language,
    is_asked,
    key_of,
)


class AnswerFault(StrEnum):
    """What can be wrong with an answer."""

    UNKNOWN = "unknown"
    MISSING = "missing"
    NOT_ASKED = "not-asked"
    NO_NUMBER = "no-number"
    TOO_SMALL = "too-small"
    TOO_LARGE = "too-large"
    NO_DATE = "no-date"
    NO_MOMENT = "no-moment"
    NO_OPTION = "no-option"
    SEVERAL = "several"
    TOO_LONG = "too-long"


@dataclass(frozen=True)
class Fault:
    """Something wrong with one answer."""

    code: str
    kind: AnswerFault


class NotAnswered(ValueError):
    """A value that does not answer its question."""

    def __init__(self, kind: AnswerFault) -> None:
        self.kind = kind
        super().__init__(kind.value)


def check_answers(
    questions: Sequence[Question], sent: Mapping[str, Sequence[str]], *, demand: bool = True
) -> tuple[dict[str, object], list[Fault]]:
    """Return the answers in their types, and one fault for each wrong one.

    `sent` holds texts by the codes of the questions; empty ones count as not sent. Numbers become float, dates and
    moments ISO texts, `choices` a list of codes, `yes_no` a bool. A question whose condition is not met is not asked:
    an answer to it is a fault, and nothing is missing. `demand` false lets required answers be missing.
    """
    known = {question.code for question in questions}
    values = {code: [v.strip() for v in texts if v.strip()] for code, texts in sent.items()}
    faults = [
        Fault(code, AnswerFault.UNKNOWN) for code, given in values.items() if given and code not in known
    ]
    answers: dict[str, object] = {}
    for question in questions:
        fault = _take(question, values.get(question.code) or [], answers, demand)
        if fault is not None:
            faults.append(Fault(question.code, fault))
    return answers, faults


def _take(
    question: Question, given: list[str], answers: dict[str, object], demand: bool
) -> AnswerFault | None:
    """Put the answer to the others, or return what is wrong with it."""
    if not is_asked(question, answers):
        return AnswerFault.NOT_ASKED if given else None
    if not given:
        return AnswerFault.MISSING if demand and question.is_required else None
    try:
        answers[question.code] = _answer(question, given)
    except NotAnswered as refusal:
        return refusal.kind
    return None


def asked_only(answers: Mapping[str, Sequence[str]], faults: Sequence[Fault]) -> dict[str, Sequence[str]]:
    """Return what was sent without the answers to questions that were not asked.

    >>> asked_only({"A": ["1"], "B": ["2"]}, [Fault("B", AnswerFault.NOT_ASKED)])
    {'A': ['1']}
    """
    dropped = {fault.code for fault in faults if fault.kind == AnswerFault.NOT_ASKED}
    return {code: texts for code, texts in answers.items() if code not in dropped}


def as_texts(answer: object) -> list[str]:
    """Return a typed answer as the texts that a form would send.

    >>> as_texts(True), as_texts(2.5), as_texts(["a", "b"]), as_texts(None)
    (['yes'], ['2.5'], ['a', 'b'], [])
    """
    if answer is None:
        return []
    if isinstance(answer, list | tuple):
        return [str(value) for value in answer]
    return [str(key_of(answer))]


def spelled(
    questions: Sequence[Question], answers: Mapping[str, object], yes: str, no: str, language: str
) -> list[tuple[str, str]]:
    """Return what was asked and what was answered, in words; an answer whose question is gone stands by its code.

    >>> blocked = Question("A", QuestionKind.YES_NO, {"en": "Blocked?"})
    >>> size = Question("V", QuestionKind.NUMBER, {"en": "Volume"}, unit="m³")
    >>> spelled([blocked, size], {"A": True, "V": 3.0, "B": ["x", "y"]}, "yes", "no", "en")
    [('Blocked?', 'yes'), ('Volume', '3 m³'), ('B', 'x, y')]
    """
    known = {question.code: question for question in questions}
    return [
        (known[code].says(language), _said(known[code], answer, yes, no, language))
        if code in known
        else (code, ", ".join(as_texts(answer)))
        for code, answer in answers.items()
    ]


def _said(question: Question, answer: object, yes: str, no: str, language: str) -> str:
    if question.kind == QuestionKind.NUMBER:
        return f"{answer:g} {question.unit}".strip() if isinstance(answer, int | float) else str(answer)
    if question.kind == QuestionKind.MOMENT:
        return str(answer).replace("T", " ")
    names = dict(question.choices(yes, no, language))
    return ", ".join(names.get(value, value) for value in as_texts(answer))


def kept_in_words(
    old: Sequence[Question], new: Sequence[Question], answers: Mapping[str, object], yes: str, no: str
) -> dict[str, object]:
    """Return the answers of a case whose matter became another, which asks other questions.

    Those that the new matter asks alike stay; the others stay as words, in Simplified Chinese.

    >>> heap = Question("SIZE", QuestionKind.NUMBER, {"zh_hans": "体积"}, unit="m³")
    >>> kept_in_words([heap], [], {"SIZE": 3.0}, "是", "否")
    {'体积': '3 m³'}
    >>> kept_in_words([heap], [heap], {"SIZE": 3.0, "said": "x"}, "是", "否")
    {'SIZE': 3.0, 'said': 'x'}
    """
    before = {question.code: question for question in old}
    same = {question.code for question in new if before.get(question.code) == question}
    kept: dict[str, object] = {}
    for code, answer in answers.items():
        if code in same or code not in before:
            kept[code] = answer
        else:
            question = before[code]
            kept[in_language(question.text, "zh-hans")] = _said(question, answer, yes, no, "zh-hans")
    return kept


def _answer(question: Question, given: Sequence[str]) -> object:
    if question.kind == QuestionKind.CHOICES:
        return [_option(question, value) for value in dict.fromkeys(given)]
    if len(given) > 1:
        raise NotAnswered(AnswerFault.SEVERAL)
    readers = {
        QuestionKind.CHOICE: _option,
        QuestionKind.YES_NO: _yes_no,
        QuestionKind.NUMBER: _number,
        QuestionKind.DATE: _date,
        QuestionKind.MOMENT: _moment,
        QuestionKind.TEXT: _text,
    }
    return readers[question.kind](question, given[0])


def _text(_question: Question, value: str) -> object:
    if len(value) > MOST_LINE:
        raise NotAnswered(AnswerFault.TOO_LONG)
    return value


def _option(question: Question, value: str) -> object:
    if value not in {option.code for option in question.options}:
        raise NotAnswered(AnswerFault.NO_OPTION)
    return value


def _yes_no(_question: Question, value: str) -> object:
    if value not in YES_NO:
        raise NotAnswered(AnswerFault.NO_OPTION)
    return YES_NO[value]


def _number(question: Question, value: str) -> object:
    try:
        number = float(value)
    except ValueError:
        raise NotAnswered(AnswerFault.NO_NUMBER) from None
    if not math.isfinite(number):
        raise NotAnswered(AnswerFault.NO_NUMBER)
    if question.least is not None and number < question.least:
        raise NotAnswered(AnswerFault.TOO_SMALL)
    if question.most is not None and number > question.most:
        raise NotAnswered(AnswerFault.TOO_LARGE)
    return number


def _date(_question: Question, value: str) -> object:
    """Return the day: an ISO date, or the one in an ISO instant."""
    try:
        if value[10:11] in ("", "T"):
            return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        pass
    raise NotAnswered(AnswerFault.NO_DATE)


def _moment(_question: Question, value: str) -> object:
    """Return the day and time to the minute, with the zone if one was sent; without one it is local."""
    try:
        if len(value) >= len("2026-09-16T10:00"):
            return datetime.fromisoformat(value).isoformat(timespec="minutes")
    except ValueError:
        pass
    raise NotAnswered(AnswerFault.NO_MOMENT)
