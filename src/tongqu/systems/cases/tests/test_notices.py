"""Reporters are told: what, in which words, how often; who chooses it and stops it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.journal.actions import deliver
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.contacts import forget_addresses
from tongqu.systems.cases.actions.moves import reject
from tongqu.systems.cases.analytics.webpush import (
    public_key,
)
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.notices import Contact, ReporterNotice
from tongqu.systems.cases.queries.notice_texts import off_token
from tongqu.systems.cases.queries.notices import channel_states, offered
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.notices import (
    MOST_NOTICES_A_DAY,
)
from tongqu.systems.cases.tests.factories import brought_to, reported
from tongqu.systems.cases.tests.noticing import BROWSER_KEYS, VAPID, Inbox, by_email, told
from tongqu.systems.cases.tests.test_pages import text


def test_each_step_is_told_once_in_the_readers_language_and_without_anybodys_data(
    all_set: Inbox, town: Town, at: datetime
) -> None:
    case = reported(at, reporter_name="王小明", reporter_phone="13812341234")
    for address, language in (("a@163.com", "zh-hans"), ("b@163.com", "en"), ("c@163.com", "zh-hant")):
        by_email(case, at, address, language)
    by_email(case, at, "a@163.com")
    rejected = reject(case, reason="此处不属本区", by=town.desk_officer, at=at)
    fact = Fact.objects.get(verb="case.rejected", subject_id=str(rejected.pk))
    name = "cases.fact_told on case.rejected"
    assert [deliver(str(fact.id), name), deliver(str(fact.id), name)] == [True, False]
    notices = ReporterNotice.objects.order_by("contact")
    assert [notice.event for notice in notices] == ["rejected"] * 3
    simple, english, traditional = (notice.text for notice in notices)
    assert "此处不属本区" in simple
    assert "could not be accepted" in english
    assert "受理" in traditional
    assert "您" in traditional
    for notice in notices:
        assert f"https://tongqu.city.cn/cases/track/{case.tracking_code}/" in notice.text
        assert not any(word in notice.text + notice.subject for word in ("王小明", "1381234", "163.com"))
    jobs_queued = DBTaskResult.objects.filter(args_kwargs__kwargs__name="cases.notice_send")
    assert jobs_queued.count() == 3


def test_the_unit_is_named_and_only_a_reason_to_the_reporter_is_told(
    all_set: Inbox, town: Town, at: datetime
) -> None:
    case = brought_to(State.DISPATCHED, town, at)
    by_email(case, at)
    for verb in ("case.dispatched", "case.accepted"):
        fact = Fact.objects.get(verb=verb)
        deliver(str(fact.id), f"cases.fact_told on {verb}")
    sent, accepted = ReporterNotice.objects.order_by("event").values_list("text", flat=True)[::-1]
    assert "衢江区综合执法局" in sent
    assert "衢江区综合执法局" not in accepted


def test_limits_and_silence(all_set: Inbox, town: Town, at: datetime) -> None:
    case = reported(at)
    contact = by_email(case, at)
    for number in range(MOST_NOTICES_A_DAY + 1):
        last = told(contact, at, cause=str(number))
    assert last.state == "dropped"
    assert told(contact, at + timedelta(days=2), cause="later").state == "queued"
    others = [
        by_email(reported(at, text=f"{n}"), at, "WANG@163.com" if n == 0 else "wang@163.com")
        for n in range(5)
    ]
    with pytest.raises(BadInput):
        by_email(reported(at, text="one more"), at)
    for number in range(4):
        by_email(case, at, f"{number}@qq.com")
    with pytest.raises(BadInput):
        by_email(case, at, "5@qq.com")
    link = f"/cases/notices/off/{off_token(others[1])}/"
    assert Client().post(link, {"off": "all"}).status_code == 200
    assert not Contact.objects.filter(address__iexact="wang@163.com", ended_at=None).exists()
    assert ReporterNotice.objects.get(cause="later").state == "dropped"
    with pytest.raises(BadInput):
        by_email(reported(at, text="again"), at + timedelta(days=9))
    assert Client().get("/cases/notices/off/1:forged/").status_code == 404
    Case.objects.filter(pk=case.pk).update(closed_at=at, state="rejected")
    assert forget_addresses(at + timedelta(days=181)) == 5
    assert Client().get(f"/cases/notices/off/{off_token(contact)}/").status_code == 404


def test_the_holder_of_the_code_chooses_and_stops(all_set: Inbox, town: Town, at: datetime) -> None:
    case = reported(at)
    url, anybody = f"/cases/track/{case.tracking_code.lower()}/notices/", Client()
    assert anybody.get(url, headers={"HX-Request": "true"}).status_code == 200
    assert anybody.post(url, {"channel": "email", "address": "wang@163.com"}).status_code == 302
    assert anybody.post(url, {"channel": "email", "address": "wang"}).status_code == 422
    assert anybody.post(url, {"channel": "sms", "address": "ring me"}).status_code == 422
    assert anybody.post(url, {"channel": "pigeon"}).status_code == 422
    push = {"channel": "push", "address": "https://fcm.googleapis.com/x", **BROWSER_KEYS}
    assert anybody.post(url, {**push, "auth": ""}).status_code == 422
    assert anybody.post(url, push).status_code == 302
    page = text(anybody.get(url))
    assert "wa****@163.com" in page
    assert public_key(VAPID) in page
    anybody.post(url, {"off": str(Contact.objects.get(channel="email").pk)})
    assert list(Contact.objects.filter(ended_at=None).values_list("channel", flat=True)) == ["push"]
    assert anybody.post(url, {"channel": "email", "address": "wang@163.com"}).status_code == 302
    assert Contact.objects.get(channel="email").ended_at is None
    assert anybody.get("/cases/track/NOBODYKNOWS/notices/").status_code == 404
    assert "showNotification" in text(anybody.get("/cases/track/push-worker.js"))
    for _time in range(9):
        last = anybody.post(url, {"channel": "pigeon"})
    assert last.status_code == 429
    assert set(Fact.objects.filter(verb__startswith="case.contact").values_list("after", flat=True)) == {
        '{"channel":"email"}',
        '{"channel":"push"}',
    }


def test_the_form_offers_what_is_set_up_and_answers_with_a_receipt(
    all_set: Inbox, town: Town, at: datetime, settings: Any
) -> None:
    body = {"text": "路灯不亮", "by_sms": "on", "notice_email": "wang@163.com", "key": "k"}
    assert Client().post("/cases/report/", body).status_code == 422
    answer = Client().post("/cases/report/", {**body, "phone": "13812341234"})
    assert answer.status_code == 302
    assert sorted(ReporterNotice.objects.values_list("contact__channel", "event")) == [
        ("email", "reported"),
        ("sms", "reported"),
    ]
    assert "notice_email" in text(Client().get("/cases/report/"))
    settings.PUBLIC_URL = ""
    assert offered() == set()
    assert "notice_email" not in text(Client().get("/cases/report/"))
    case = Case.objects.get()
    with pytest.raises(BadInput):
        by_email(case, at)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SMS_BODY", "{"), ("SMS_QUIET", "late"), ("SMS_URL", "sms"), ("VAPID_PRIVATE_KEY", "x"), ("VAPID_PRIVATE_KEY", ""), ("VAPID_CONTACT", "")],
)  # fmt: skip
def test_a_wrong_setting_is_named_and_its_channel_not_offered(
    all_set: Inbox, settings: Any, name: str, value: str
) -> None:
    assert len(offered()) == 3
    setattr(settings, name, value)
    (wrong,) = [state for state in channel_states() if not state.is_offered]
    assert name.split("_")[0] in wrong.trouble
