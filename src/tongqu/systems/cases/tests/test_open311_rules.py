"""The rules of Open311: publicity, attributes, spans, names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tongqu.systems.cases.rules.open311 import (
    AnswerFault,
    Fault,
    SpanTooLong,
    check_answers,
    instant,
    span,
    spelled,
)

AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
DAYS = timedelta(days=1)
OPTIONS = [{"code": "S", "text": {"zh_hans": "小"}}, {"code": "L", "text": {"zh_hans": "大"}}]
QUESTIONS: list[dict[str, Any]] = [
    {"code": "WORDS", "kind": "text", "text": {"zh_hans": "说明"}},
    {"code": "COUNT", "kind": "number", "text": {"zh_hans": "几个"}, "required": True},
    {"code": "DAY", "kind": "date", "text": {"zh_hans": "哪天"}},
    {"code": "SIZE", "kind": "choice", "text": {"zh_hans": "大小"}, "options": OPTIONS},
    {"code": "KINDS", "kind": "choices", "text": {"zh_hans": "种类"}, "options": OPTIONS},
    {
        "code": "BLOCKED",
        "kind": "yes_no",
        "text": {"zh_hans": "堵路吗"},
        "required": True,
        "when": {"code": "SIZE"},
    },
]


def test_answers_get_their_types() -> None:
    sent = {
        "WORDS": [" 门口 "], "COUNT": ["2.5"], "DAY": ["2026-09-16T08:00:00Z"], "SIZE": ["S"],
        "KINDS": ["S", "L", "S"], "BLOCKED": ["no"],
    }  # fmt: skip
    answers, faults = check_answers(QUESTIONS, sent)
    assert not faults
    assert answers == {
        "WORDS": "门口", "COUNT": 2.5, "DAY": "2026-09-16", "SIZE": "S", "KINDS": ["S", "L"], "BLOCKED": False,
    }  # fmt: skip
    assert dict(spelled(QUESTIONS, answers, "是", "否", "zh-hans")) == {
        "说明": "门口", "几个": "2.5", "哪天": "2026-09-16", "大小": "小", "种类": "小, 大", "堵路吗": "否",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "values", "kind"),
    [
        ("COLOUR", ["red"], AnswerFault.UNKNOWN),
        ("COUNT", ["many"], AnswerFault.NO_NUMBER),
        ("COUNT", ["nan"], AnswerFault.NO_NUMBER),
        ("COUNT", [" "], AnswerFault.MISSING),
        ("DAY", ["16.9.2026"], AnswerFault.NO_DATE),
        ("DAY", ["2026-09-16 08:00"], AnswerFault.NO_DATE),
        ("SIZE", ["M"], AnswerFault.NO_OPTION),
        ("SIZE", ["S", "L"], AnswerFault.SEVERAL),
        ("KINDS", ["S", "M"], AnswerFault.NO_OPTION),
        ("BLOCKED", ["perhaps"], AnswerFault.NO_OPTION),
        ("WORDS", ["长" * 501], AnswerFault.TOO_LONG),
    ],
)
def test_a_wrong_answer_is_named(code: str, values: list[str], kind: AnswerFault) -> None:
    _answers, faults = check_answers(QUESTIONS, {"COUNT": ["1"], code: values})
    assert faults == [Fault(code, kind)]


def test_empty_and_unknown_is_as_if_not_sent() -> None:
    assert check_answers([], {"COLOUR": [""]}) == ({}, [])


@pytest.mark.parametrize(
    ("start", "end", "since", "until"),
    [
        (None, None, AT - 90 * DAYS, AT),
        (None, AT - DAYS, AT - 91 * DAYS, AT - DAYS),
        (AT - 100 * DAYS, None, AT - 100 * DAYS, AT - 10 * DAYS),
        (AT - 90 * DAYS, AT, AT - 90 * DAYS, AT),
    ],
)
def test_a_search_spans_at_most_90_days(
    start: datetime | None, end: datetime | None, since: datetime, until: datetime
) -> None:
    assert span(start, end, AT) == (since, until)


@pytest.mark.parametrize("end", [AT - DAYS, AT + 91 * DAYS])
def test_a_longer_or_a_negative_span_is_refused(end: datetime) -> None:
    with pytest.raises(SpanTooLong):
        span(AT, end, AT)


def test_the_plus_of_a_zone_may_arrive_as_a_blank() -> None:
    assert instant("2026-09-16T10:00:00 08:00") == AT
    assert instant("9999-12-31T00:00:00Z") is None
