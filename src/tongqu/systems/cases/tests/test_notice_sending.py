"""Notices go out by e-mail and text message: marked, at proper hours, tried again, given up."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Town
from tongqu.systems.cases.actions.contacts import add_contact, end_contact
from tongqu.systems.cases.actions.mail import Arrived, mailbox_named, open_folder, take_letter
from tongqu.systems.cases.jobs import notices as jobs
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.mail import LetterReceived
from tongqu.systems.cases.models.notices import Contact, ReporterNotice
from tongqu.systems.cases.rules.notices import (
    RETRIES,
    Channel,
    Event,
    QuietHours,
    next_try,
)
from tongqu.systems.cases.tests.factories import RESIDENT, reported
from tongqu.systems.cases.tests.noticing import Inbox, by_email, send, told, web
from tongqu.systems.cases.tests.test_mail import letter
from tongqu.systems.cases.tests.test_pages import signed_in, text


def test_a_letter_goes_out_marked_so_that_no_program_answers_and_one_click_ends_it(
    all_set: Inbox, town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.IMAP_URL, settings.IMAP_PASSWORD = "imaps://report%40city.cn@imap.city.cn", "p"
    box = open_folder(mailbox_named("a@b/INBOX"), uid_validity=1, newest_uid=0)
    take_letter(box, Arrived(1, bytes(letter())), at=at)
    case = Case.objects.get()
    notice = send(ReporterNotice.objects.get(event="reported"), at, monkeypatch)
    assert (notice.state, notice.tries) == ("sent", 1)
    send(notice, at, monkeypatch)
    (got,) = all_set.letters
    assert (got["To"], got["Reply-To"], got["Auto-Submitted"]) == (
        "wangxiaoming@163.com",
        "report@city.cn",
        "auto-generated",
    )
    assert (got["In-Reply-To"], got["X-Tongqu-Notice"]) == ("<1@163.com>", str(notice.key))
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    answer = letter(
        "还是不亮", "Re: 您的上报", "<9@163.com>", From="other@qq.com", In_Reply_To=got["Message-ID"]
    )
    assert take_letter(box, Arrived(2, bytes(answer)), at=at).outcome == "word"
    loop = letter("", "Re", "<10@163.com>", X_Tongqu_Notice=str(notice.key))
    assert take_letter(box, Arrived(3, bytes(loop)), at=at).why == "ours"
    assert LetterReceived.objects.filter(case=case).count() == 2
    one_click = got["List-Unsubscribe"].strip().strip("<>").removeprefix("https://tongqu.city.cn")
    anybody = Client(enforce_csrf_checks=True)
    assert anybody.get(one_click).status_code == 200
    assert Contact.objects.get().ended_at is None
    assert anybody.post(one_click, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Contact.objects.get().ended_at is not None


def test_what_fails_is_tried_again_for_a_day_and_then_given_up_with_its_reason(
    all_set: Inbox, town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = told(by_email(reported(at), at), at)
    all_set.refuse = "450 Try later"
    for tries, wait in enumerate(RETRIES, start=1):
        send(notice, notice.due_at, monkeypatch)
        assert (notice.state, notice.tries) == ("queued", tries)
        before, at = at, notice.due_at
        assert at - before == wait
    assert send(notice, at - timedelta(hours=1), monkeypatch).tries == len(
        RETRIES
    )  # Too early: asked again later.
    send(notice, at, monkeypatch)
    assert (notice.state, notice.trouble) == ("failed", "450 Try later")
    admin = signed_in(town.region_admin)
    page = text(admin.get("/cases/notices/"))
    assert "450 Try later" in page
    assert "wang@163.com" not in page
    assert "wa****@163.com" in page
    assert admin.post(f"/cases/notices/{notice.pk}/again/").status_code == 302
    assert admin.post(f"/cases/notices/{notice.pk}/again/").status_code == 422
    all_set.refuse = ""
    notice.refresh_from_db()
    assert send(notice, notice.due_at, monkeypatch).state == "sent"
    desk = text(signed_in(town.desk_officer).get(f"/cases/{notice.case.number}/notices/"))
    assert "wa****@163.com" in desk
    assert signed_in(town.outsider).get(f"/cases/{notice.case.number}/notices/").status_code == 404


def test_a_refusal_for_good_is_given_up_at_once(
    all_set: Inbox, town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    contact = by_email(reported(at), at)
    all_set.refuse = "550 <Wang@163.com> no such mailbox"
    assert send(told(contact, at), at, monkeypatch).state == "failed"
    assert ReporterNotice.objects.get(cause="1").trouble == "550 <wa****@163.com> no such mailbox"
    settings.EMAIL_PORT = 9
    assert "Error" in send(told(contact, at, cause="2"), at, monkeypatch).trouble
    settings.SMTP_URL = ""
    assert send(told(contact, at, cause="3"), at, monkeypatch).state == "failed"
    end_contact(contact, by=RESIDENT, at=at)
    assert send(told(contact, at, cause="4"), at, monkeypatch).event == "accepted"
    jobs.send(10**9)


def test_a_text_message_goes_to_the_gateway_and_waits_for_the_morning(
    all_set: Inbox, town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SMS_BODY = '{"phones": ["{to}"], "content": "【通衢】{text}", "n": 1, "id": "{id}"}'
    case = reported(at)
    contact = add_contact(case, Channel.SMS, "138-1234 1234", language="zh-hans", by=RESIDENT, at=at)
    evening = at.replace(hour=14)  # 22:00 in Shanghai
    late = told(contact, evening, cause="night")
    assert late.due_at == datetime.fromisoformat("2026-09-17T08:00:00+08:00")
    notice = told(contact, at, Event.REJECTED)
    with web(200) as (url, got):
        settings.SMS_URL = url
        assert send(notice, at, monkeypatch).state == "sent"
    headers, body = got[0]
    said = json.loads(body)
    assert (said["phones"], said["n"], said["id"]) == (["13812341234"], 1, str(notice.key))
    assert said["content"].startswith("【通衢】")
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer geheim", str(notice.key))
    for status, state in ((503, "queued"), (429, "queued"), (400, "failed"), (302, "failed")):
        with web(status) as (url, got):
            settings.SMS_URL = url
            assert send(told(contact, at, cause=str(status)), at, monkeypatch).state == state
            assert len(got) == 1


def test_quiet_hours_within_a_day_and_the_last_try(at: datetime) -> None:
    noon = QuietHours.parse("12:00-14:00")
    assert noon is not None
    assert noon.until(at.replace(hour=5), "Asia/Shanghai").hour == 14
    night = QuietHours.parse("21:00-08:00")
    assert night is not None
    assert night.until(at.replace(hour=22), "Asia/Shanghai").isoformat() == "2026-09-17T08:00:00+08:00"
    assert QuietHours.parse(" ") is None
    assert next_try(len(RETRIES), at) == at + RETRIES[-1]
