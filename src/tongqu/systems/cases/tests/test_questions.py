"""Questions of matters and the answers to them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.systems.cases.rules.answers import (
    AnswerFault,
    Fault,
    as_texts,
    check_answers,
    kept_in_words,
    spelled,
)
from tongqu.systems.cases.rules.questions import Flaw, QuestionKind, flaws, is_asked, questions_of

OPTIONS = [{"code": "S", "text": {"zh_hans": "小"}}, {"code": "L", "text": {"zh_hans": "大"}}]
KEPT: list[dict[str, Any]] = [
    {"code": "WORDS", "kind": "text", "text": {"zh_hans": "说明"}},
    {"code": "COUNT", "kind": "number", "text": {"zh_hans": "几个"}, "required": True, "unit": "个", "least": 0, "most": 99},
    {"code": "DAY", "kind": "date", "text": {"zh_hans": "哪天"}},
    {"code": "SINCE", "kind": "moment", "text": {"zh_hans": "几时起"}},
    {"code": "SIZE", "kind": "choice", "text": {"zh_hans": "大小"}, "options": OPTIONS},
    {"code": "KINDS", "kind": "choices", "text": {"zh_hans": "种类"}, "options": OPTIONS},
    {"code": "BLOCKED", "kind": "yes_no", "text": {"zh_hans": "堵路吗"}, "required": True,
     "when": {"question": "SIZE", "is": ["L"]}},
    {"code": "HOW", "kind": "text", "text": {"zh_hans": "怎么堵"}, "when": {"question": "BLOCKED", "is": ["yes"]}},
]  # fmt: skip
QUESTIONS = questions_of(KEPT)


def test_answers_get_their_types() -> None:
    sent = {
        "WORDS": [" 门口 "], "COUNT": ["2.5"], "DAY": ["2026-09-16T08:00:00Z"], "SINCE": ["2026-09-16T10:00:30"],
        "SIZE": ["L"], "KINDS": ["S", "L", "S"], "BLOCKED": ["no"],
    }  # fmt: skip
    answers, faults = check_answers(QUESTIONS, sent)
    assert not faults
    assert answers == {
        "WORDS": "门口", "COUNT": 2.5, "DAY": "2026-09-16", "SINCE": "2026-09-16T10:00", "SIZE": "L",
        "KINDS": ["S", "L"], "BLOCKED": False,
    }  # fmt: skip
    assert dict(spelled(QUESTIONS, answers, "是", "否", "zh-hans")) == {
        "说明": "门口", "几个": "2.5 个", "哪天": "2026-09-16", "几时起": "2026-09-16 10:00", "大小": "大",
        "种类": "小, 大", "堵路吗": "否",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "values", "kind"),
    [
        ("COLOUR", ["red"], AnswerFault.UNKNOWN),
        ("COUNT", ["many"], AnswerFault.NO_NUMBER),
        ("COUNT", ["nan"], AnswerFault.NO_NUMBER),
        ("COUNT", [" "], AnswerFault.MISSING),
        ("COUNT", ["-1"], AnswerFault.TOO_SMALL),
        ("COUNT", ["100"], AnswerFault.TOO_LARGE),
        ("DAY", ["16.9.2026"], AnswerFault.NO_DATE),
        ("DAY", ["2026-09-16 08:00"], AnswerFault.NO_DATE),
        ("SINCE", ["2026-09-16"], AnswerFault.NO_MOMENT),
        ("SINCE", ["2026-09-16T25:00"], AnswerFault.NO_MOMENT),
        ("SIZE", ["M"], AnswerFault.NO_OPTION),
        ("SIZE", ["S", "L"], AnswerFault.SEVERAL),
        ("KINDS", ["S", "M"], AnswerFault.NO_OPTION),
        ("BLOCKED", ["yes"], AnswerFault.NOT_ASKED),
        ("WORDS", ["长" * 501], AnswerFault.TOO_LONG),
    ],
)
def test_a_wrong_answer_is_named(code: str, values: list[str], kind: AnswerFault) -> None:
    _answers, faults = check_answers(QUESTIONS, {"COUNT": ["1"], code: values})
    assert faults == [Fault(code, kind)]


def test_conditions_chain() -> None:
    large = {"COUNT": ["1"], "SIZE": ["L"]}
    assert check_answers(QUESTIONS, large)[1] == [Fault("BLOCKED", AnswerFault.MISSING)]
    assert check_answers(QUESTIONS, {**large, "BLOCKED": ["perhaps"]})[1] == [
        Fault("BLOCKED", AnswerFault.NO_OPTION)
    ]
    assert check_answers(QUESTIONS, {**large, "BLOCKED": ["yes"], "HOW": ["倒树"]})[1] == []
    hidden = {"COUNT": ["1"], "SIZE": ["S"], "BLOCKED": ["yes"], "HOW": ["倒树"]}
    assert {fault.code for fault in check_answers(QUESTIONS, hidden)[1]} == {"BLOCKED", "HOW"}


def test_nothing_is_demanded_of_a_machine() -> None:
    assert check_answers(QUESTIONS, {}, demand=False) == ({}, [])
    assert check_answers([], {"COLOUR": [""]}) == ({}, [])


def test_a_new_matter_keeps_the_answers_in_words() -> None:
    answers = {"COUNT": 2.0, "SIZE": "L", "KINDS": ["S", "L"], "said": "x"}
    assert kept_in_words(QUESTIONS, QUESTIONS[:2], answers, "是", "否") == {
        "COUNT": 2.0, "大小": "大", "种类": "小, 大", "said": "x",
    }  # fmt: skip


ASKED = {"code": "A", "kind": "choice", "text": {"zh_hans": "甲"}, "options": OPTIONS}
WORDS = {"code": "T", "kind": "text", "text": {"zh_hans": "乙"}}


def after(**changes: Any) -> list[dict[str, Any]]:
    """A question that is good but for the changes, after one that it can depend on and one that it cannot."""
    return [ASKED, WORDS, {"code": "B", "kind": "text", "text": {"zh_hans": "丙"}, **changes}]


@pytest.mark.parametrize(
    ("changes", "field", "flaw"),
    [
        ({"code": ""}, "code", Flaw.CODE),
        ({"code": "1B"}, "code", Flaw.CODE),
        ({"code": "A"}, "code", Flaw.TWICE),
        ({"kind": "photo"}, "kind", Flaw.KIND),
        ({"text": {"en": "B"}}, "text", Flaw.TEXT),
        ({"text": "B"}, "text", Flaw.TEXT),
        ({"text": {"zh_hans": "长" * 501}}, "text", Flaw.TEXT),
        ({"options": OPTIONS}, "options", Flaw.NO_LIST),
        ({"kind": "choice"}, "options", Flaw.OPTIONS),
        ({"kind": "choice", "options": OPTIONS[:1]}, "options", Flaw.OPTIONS),
        ({"kind": "choices", "options": [OPTIONS[0], OPTIONS[0]]}, "options", Flaw.OPTIONS),
        ({"kind": "choice", "options": [{"code": "a b", "text": OPTIONS[0]["text"]}, OPTIONS[1]]}, "options", Flaw.OPTIONS),
        ({"kind": "choice", "options": [{"code": "x"}, OPTIONS[1]]}, "options", Flaw.TEXT),
        ({"unit": "m"}, "least", Flaw.BOUNDS),
        ({"least": 1}, "least", Flaw.BOUNDS),
        ({"kind": "number", "least": 2, "most": 1}, "least", Flaw.BOUNDS),
        ({"kind": "number", "least": "2"}, "least", Flaw.BOUNDS),
        ({"kind": "number", "least": True}, "least", Flaw.BOUNDS),
        ({"when": {"question": "C", "is": ["S"]}}, "when", Flaw.UNKNOWN),
        ({"when": {"question": "B", "is": ["S"]}}, "when", Flaw.UNKNOWN),
        ({"when": "A"}, "when", Flaw.UNKNOWN),
        ({"when": {"question": "T", "is": ["S"]}}, "when", Flaw.NOT_DECIDING),
        ({"when": {"question": "A", "is": ["M"]}}, "when", Flaw.VALUES),
        ({"when": {"question": "A", "is": []}}, "when", Flaw.VALUES),
        ({"when": {"question": "A", "is": "S"}}, "when", Flaw.VALUES),
    ],
)  # fmt: skip
def test_a_flaw_of_a_question_is_named(changes: dict[str, Any], field: str, flaw: Flaw) -> None:
    found = [(each.place, each.field, each.flaw) for each in flaws(after(**changes))]
    assert (2, field, flaw) in found


def test_good_questions_have_no_flaw() -> None:
    assert flaws(KEPT) == []
    assert (
        flaws(after(kind="number", unit="m", least=1, most=1, when={"question": "A", "is": ["S", "L"]})) == []
    )
    yes = {"code": "Y", "kind": "yes_no", "text": {"zh_hans": "丁"}}
    assert flaws([yes, {**WORDS, "when": {"question": "Y", "is": ["no"]}}]) == []


def test_a_matter_asks_no_more_than_it_may() -> None:
    many = [{**WORDS, "code": f"Q{number}"} for number in range(31)]
    assert [flaw.flaw for flaw in flaws(many)] == [Flaw.TOO_MANY]


def test_texts_kept_in_one_language_are_read_too() -> None:
    assert questions_of([{"code": "A", "kind": "text", "text": "颜色"}])[0].says("en") == "颜色"


@given(st.dictionaries(st.sampled_from([q.code for q in QUESTIONS]), st.lists(st.sampled_from(
    ["S", "L", "yes", "no", "1", "2026-09-16", "2026-09-16T10:00", "x", ""]), max_size=3)))  # fmt: skip
def test_what_was_taken_is_taken_again_and_was_asked(sent: dict[str, list[str]]) -> None:
    answers, _faults = check_answers(QUESTIONS, sent, demand=False)
    again, faults = check_answers(
        QUESTIONS, {code: as_texts(said) for code, said in answers.items()}, demand=False
    )
    assert (again, faults) == (answers, [])
    assert all(is_asked(question, answers) for question in QUESTIONS if question.code in answers)


def test_all_kinds_are_tried() -> None:
    assert {question.kind for question in QUESTIONS} == set(QuestionKind)
