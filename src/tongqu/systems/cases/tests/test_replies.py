"""Replies: how they are scored, who may send them, and what everybody reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.replies import draft_reply, reply
from tongqu.systems.cases.queries.replies import replies_of, replies_to
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.reply_quality import BLOCKING, Lack, quality_of
from tongqu.systems.cases.rules.reply_reading import is_empty, masked, private_in, simplified
from tongqu.systems.cases.tests.factories import brought_to, reported
from tongqu.systems.cases.tests.test_pages import signed_in, text

ASKED = "莲花镇清风路路灯不亮。清风路12号门口的路灯坏了三天。请问何时能修好？谁负责维护？希望领导重视。"
GOOD = (
    "您好！您反映的清风路路灯问题收悉。经现场核实，清风路12号门口路灯因施工挖断电缆不亮。根据《城市道路照明设施管理规定》，"
    "该路灯由莲花镇政府负责维护，我镇已安排抢修，9月18日前修好。如有疑问请拨打电话0570-1234567。感谢您的监督！"
)

EXAMPLES: list[tuple[str, str, set[Lack], set[Lack]]] = [
    # (what it shows, the reply, lacks that must be named, lacks that must not)
    ("a good reply lacks nothing", GOOD, set(), set(Lack)),
    ("formula alone is empty", "网友：您好！留言已收悉。感谢您的支持！", {Lack.EMPTY}, {Lack.GREETING}),
    ("passing on is empty", "您的问题已转交街道办事处调查处理。", {Lack.EMPTY, Lack.GREETING}, {Lack.BASIS}),
    ("another matter", "您好！经核查，该企业已补发工资共3万元。", {Lack.OFF_TOPIC, Lack.UNANSWERED}, {Lack.EMPTY}),
    ("no finding", GOOD.replace("经现场核实，", "").replace("已安排", "安排"), {Lack.FINDING}, {Lack.BASIS}),
    ("no explanation", "您好！清风路路灯已于9月17日修复。", {Lack.EXPLANATION, Lack.CONTACT, Lack.UNIT}, {Lack.DATE}),
    ("no ground", "您好！清风路路灯9月30日修好，请放心。", {Lack.BASIS, Lack.FINDING}, {Lack.EMPTY}),
    ("a promise without a date", GOOD.replace("已安排抢修，9月18日前修好", "将尽快修好"), {Lack.PROMISE}, set()),
    ("traditional characters", "您好！經核實，清風路路燈因電纜損壞，我鎮將於9月18日修好。", set(), {Lack.FINDING, Lack.EMPTY}),
    ("dismissive words", GOOD + "请不要无理取闹。", {Lack.RUDE}, {Lack.PRIVATE}),
    ("blanks", GOOD.replace("9月18日", "XX月XX日"), {Lack.OPEN}, set()),
    ("a placeholder", GOOD + "{due}", {Lack.OPEN}, set()),
    ("a mobile number", GOOD + "13812345678", {Lack.PRIVATE}, set()),
    ("the reporter's name", GOOD + "蒋村民先生", {Lack.PRIVATE}, set()),
    ("an endless sentence", GOOD + "，".join(["维护单位正在现场施工"] * 14), {Lack.LONG}, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "named", "unnamed"), [e[1:] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES]
)
def test_what_is_missing_is_named(said: str, named: set[Lack], unnamed: set[Lack]) -> None:
    found = quality_of(ASKED, said, private=("蒋村民",))
    lacks = {each.lack for each in found.missing}
    assert named <= lacks
    assert not unnamed & lacks
    assert found.is_blocked == bool(named & BLOCKING)


def test_better_replies_score_better() -> None:
    ladder = [
        "已收悉",
        "您好！您的问题已转交莲花镇处理。",
        "您好！清风路路灯会修好的。",
        "您好！清风路路灯已于9月17日修复。",
        GOOD,
    ]
    scores = [quality_of(ASKED, said).overall for said in ladder]
    assert scores == sorted(scores)
    assert (scores[1] <= 20, scores[-1] >= 85) == (True, True)


def test_words_that_are_missing_are_shown_where_they_stand() -> None:
    said = "您好！清风路路灯将尽快修好。已清运12处。13812345678"
    for each in quality_of(ASKED, said).missing:
        if each.span is not None:
            source = ASKED if each.lack == Lack.UNANSWERED else said
            assert each.words.rstrip("…") in source[slice(*each.span)]


def test_a_report_without_a_question_asks_for_what_it_tells() -> None:
    missing = quality_of("村口垃圾成堆", "您好！已向银行申请办理贷款。").missing
    assert [each.words for each in missing if each.lack == Lack.UNANSWERED] == ["村口垃圾成堆"]
    assert quality_of("", GOOD).relevance == 0


@given(st.text(max_size=120), st.text(max_size=200))
def test_any_two_texts_have_scores(message: str, said: str) -> None:
    found = quality_of(message, said)
    scores = (found.relevance, found.completeness, found.reasons, found.tone, found.overall)
    assert all(0 <= each <= 100 for each in scores)
    assert all(0 <= each.span[0] <= each.span[1] for each in found.missing if each.span)
    assert len(masked(said)) == len(simplified(said)) == len(said)
    assert private_in(masked(said)) == []
    assert not is_empty(said) or found.overall <= 20


def test_who_replies(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at, text="村口堆了很多垃圾。请问何时清运？")
    said = "您好！经现场核实，村口垃圾因清运车故障堆积。我局已于9月17日清运，电话0570-1234567。感谢监督！"
    for stranger in (town.outsider, town.inspector, town.auditor):
        with pytest.raises(NotAllowed):
            reply(case, text=said, by=stranger, at=at)
    first = draft_reply(case, text="您好！", by=town.desk_officer, at=at)
    second = reply(case, text=said, by=town.department_officer, at=at, expected=1)
    assert (second.pk, second.version, second.unit) == (first.pk, 1, town.county_department)
    assert second.overall >= 60
    third = reply(case, text=said, by=town.desk_officer, at=at)
    assert (third.version, third.unit, third.why_sent) == (2, town.city_desk, "")
    verbs = Fact.objects.filter(subject_kind="case", verb__startswith="case.repl").order_by("seq")
    assert [fact.verb for fact in verbs] == ["case.reply_drafted", "case.replied", "case.replied"]
    assert (verbs[1].note, verbs[1].after_values["version"]) == (said, 1)


def test_a_reply_with_a_low_score_goes_out_with_a_reason(town: Town, at: datetime, settings: Any) -> None:
    case = brought_to(State.HANDLING, town, at)
    for given_reason, version, code in (("", None, "low-score"), ("电话已说明", 7, "stale")):
        with pytest.raises(BadInput) as refusal:
            reply(case, text="已收悉", by=town.desk_officer, at=at, why_sent=given_reason, expected=version)
        assert [problem.code for problem in refusal.value.problems] == [code]
    sent = reply(case, text="已收悉", by=town.desk_officer, at=at, why_sent=" 电话已说明 ")
    assert (sent.why_sent, sent.missing[0]) == ("电话已说明", ["empty", ""])
    settings.REPLY_THRESHOLD = 0
    assert reply(case, text="已收悉", by=town.desk_officer, at=at, why_sent="x").why_sent == ""


def test_personal_data_never_go_out(town: Town, at: datetime) -> None:
    case = reported(at, reporter_name="蒋村民", reporter_phone="05701234567")
    for said in ("蒋村民您好", "请打05701234567", "请打138 1234 5678", "身份证330800199001011234"):
        with pytest.raises(BadInput) as refusal:
            reply(case, text=said, by=town.desk_officer, at=at, why_sent="x")
        assert [problem.code for problem in refusal.value.problems] == ["blocked"]
    # A name that becomes known later is starred where everybody reads.
    reply(case, text="您好，王小明", by=town.desk_officer, at=at, why_sent="x")
    type(case).objects.filter(pk=case.pk).update(reporter_name="王小明")
    assert [each.text for each in replies_to(case.tracking_code.lower())] == ["您好，***"]
    assert replies_to("NONE") == []


def test_the_desk_writes_sees_the_score_and_sends(town: Town, at: datetime, settings: Any) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + timedelta(days=1), 0
    case = brought_to(State.HANDLING, town, at)
    client, address = signed_in(town.desk_officer), f"/cases/{case.number}/replies/"
    part = {"headers": {"HX-Request": "true"}}
    shown = client.post(f"{address}score/", {"text": "您好，将尽快处理13812345678"})
    assert "138" in text(shown)
    assert "A promise without a date" in text(shown)
    assert client.post(f"{address}score/", {"text": " "}).status_code == 200
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "已收悉"}).status_code == 422
    assert "or say why" in text(client.post(address, {"text": "已收悉"}, **part))
    assert client.post(address, {"text": "草稿", "draft": "1"}, **part).status_code == 200
    assert "草稿" in text(client.get(address, **part))
    sent = {"text": "村口垃圾已清", "why_sent": "已当面说明", "expected": "1"}
    assert client.post(address, sent).status_code == 302
    assert "已当面说明" in text(client.get(address))
    assert [each.is_sent for each in replies_of(case)] == [True]
    assert client.post(address, {**sent, "expected": "2"}, **part).status_code == 200
    public = text(client.get(f"/cases/track/{case.tracking_code}/"))
    assert "村口垃圾已清" in public
    assert "已当面说明" not in public
    reader = signed_in(town.auditor).get(address)
    assert "reply_text" not in text(reader)
    assert signed_in(town.outsider).get(address).status_code == 404


def test_the_api_scores_and_sends(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    client, address = signed_in(town.desk_officer), f"/api/v1/cases/{case.number}/replies"
    body = {"content_type": "application/json"}
    scored = client.post(f"{address}/score", {"text": "已收悉"}, **body).json()
    assert (scored["needs_reason"], scored["is_blocked"], scored["missing"][0]["lack"]) == (
        True,
        False,
        "empty",
    )
    assert client.post(address, {"text": "已收悉"}, **body).status_code == 422
    assert client.post(address, {"text": "已收悉", "why_sent": "已电话说明"}, **body).status_code == 201
    assert [each["version"] for each in client.get(address).json()] == [1]
    assert client.get("/api/v1/cases/260916-999999/replies").status_code == 404
