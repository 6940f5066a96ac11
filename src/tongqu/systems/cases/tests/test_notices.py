"""Reporters are told: by a real SMTP server, a local gateway, a push service; tried again, given up, ended, limited."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import http_ece
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.cache import cache
from django.test import Client
from django_tasks_db.models import DBTaskResult
from typer.testing import CliRunner

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.journal.actions import deliver
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.contacts import add_contact, end_contact, forget_addresses
from tongqu.systems.cases.actions.mail import Arrived, mailbox_named, open_folder, take_letter
from tongqu.systems.cases.actions.moves import reject
from tongqu.systems.cases.actions.notices import open_notice
from tongqu.systems.cases.analytics.webpush import (
    BadKey,
    are_keys,
    authorization,
    b64,
    encrypted,
    private_key,
    public_key,
    unb64,
)
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.jobs import notices as jobs
from tongqu.systems.cases.jobs import senders
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.mail import LetterReceived
from tongqu.systems.cases.models.notices import Contact, ReporterNotice
from tongqu.systems.cases.queries.notice_texts import off_token
from tongqu.systems.cases.queries.notices import channel_states, offered
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.notices import (
    MOST_NOTICES_A_DAY,
    RETRIES,
    Channel,
    Event,
    QuietHours,
    is_push_service,
    next_try,
)
from tongqu.systems.cases.tests.factories import RESIDENT, brought_to, reported
from tongqu.systems.cases.tests.test_mail import letter
from tongqu.systems.cases.tests.test_pages import signed_in, text

VAPID = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = ec.derive_private_key(0x5A5A5A5A1234567890, ec.SECP256R1())
BROWSER_KEYS = {
    "p256dh": b64(BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)),
    "auth": b64(b"0123456789abcdef"),
}


class Inbox:
    """What an SMTP server got; it refuses whom it is told to."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.refuse: str = ""

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.letters.append(BytesParser().parsebytes(envelope.content))
        return "250 OK"


@pytest.fixture(scope="module")
def _smtp() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, port
    controller.stop()


@pytest.fixture
def all_set(settings: Any, _smtp: tuple[Inbox, int]) -> Inbox:
    """Every channel set up as an operator does; the SMTP server is real."""
    inbox, port = _smtp
    inbox.letters, inbox.refuse = [], ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.PUBLIC_URL, settings.SMTP_URL = "https://tongqu.city.cn", f"smtp://127.0.0.1:{port}"
    settings.DEFAULT_FROM_EMAIL = "通衢 <report@city.cn>"
    settings.SMS_URL, settings.SMS_SECRET = "http://127.0.0.1:9/sms", "geheim"
    settings.VAPID_PRIVATE_KEY, settings.VAPID_CONTACT = VAPID, "mailto:admin@city.cn"
    cache.clear()
    return inbox


@contextmanager
def web(status: int = 201) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A web server that notes what it gets and answers with a status."""
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"no")

        def log_message(self, *_arguments: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x", got
    server.shutdown()
    server.server_close()


def by_email(case: Case, at: datetime, address: str = "wang@163.com", language: str = "zh-hans") -> Contact:
    return add_contact(case, Channel.EMAIL, address, language=language, by=RESIDENT, at=at)


def told(contact: Contact, at: datetime, event: Event = Event.ACCEPTED, cause: str = "1") -> ReporterNotice:
    return open_notice(contact, event, cause=cause, at=at)


def send(notice: ReporterNotice, at: datetime, monkeypatch: pytest.MonkeyPatch) -> ReporterNotice:
    monkeypatch.setattr(jobs, "now", lambda: at)
    jobs.send(notice.pk)
    notice.refresh_from_db()
    return notice


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


def test_a_notice_on_a_device_is_encrypted_for_the_browser_and_signed_for_its_service(
    all_set: Inbox, town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = reported(at)
    endpoint = "https://fcm.googleapis.com/fcm/send/abc"
    keys = dict(BROWSER_KEYS)
    contact = add_contact(case, Channel.PUSH, endpoint, keys=keys, language="en", by=RESIDENT, at=at)
    with web(201) as (url, got):
        Contact.objects.update(address=url)
        refused = send(told(contact, at, cause="0"), at, monkeypatch)
        assert (refused.state, len(got)) == ("failed", 0)  # Not a push service that we know.
        monkeypatch.setattr(senders, "is_push_service", lambda *_: True)
        assert send(told(contact, at), at, monkeypatch).state == "sent"
        headers, body = got[0]
    plain = json.loads(
        http_ece.decrypt(body, private_key=BROWSER, auth_secret=unb64(keys["auth"]), version="aes128gcm")
    )
    assert plain["url"].endswith(f"/cases/track/{case.tracking_code}/")
    assert case.number in plain["title"]
    assert headers["Content-Encoding"] == "aes128gcm"
    check_signature(headers["Authorization"], url.removesuffix("/x"))
    with web(410) as (url, got):
        Contact.objects.update(address=url)
        assert send(told(contact, at, cause="2"), at, monkeypatch).state == "failed"
    contact.refresh_from_db()
    assert contact.ended_at is not None


def check_signature(header: str, audience: str) -> None:
    """Check the JWT of RFC 8292 with the public key beside it."""
    token, _, key = header.removeprefix("vapid t=").partition(", k=")
    signed, _, mark = token.rpartition(".")
    claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
    assert (claims["aud"], claims["sub"]) == (audience, "mailto:admin@city.cn")
    raw = unb64(mark)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
    point.verify(der, signed.encode(), ec.ECDSA(SHA256()))
    assert key == public_key(VAPID)


def test_the_example_of_rfc_8291_comes_out_as_printed() -> None:
    sender = private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
        sender=sender,
    )
    assert b64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg"
        "Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_keys_are_checked() -> None:
    for wrong in ("", "x", "AAAA", b64(bytes(32))):
        with pytest.raises(BadKey):
            private_key(wrong)
    assert not are_keys("AAAA", BROWSER_KEYS["auth"])
    assert not are_keys(BROWSER_KEYS["p256dh"], "AAAA")
    assert "vapid t=" in authorization(
        "https://x/y", VAPID, "mailto:a@b.cn", datetime.fromisoformat("2026-09-16T00:00:00+00:00")
    )
    made = CliRunner().invoke(app, ["notices", "new-key"]).output.strip()
    assert len(unb64(public_key(made))) == 65


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://[x",
        "https://fcm.googleapis.com:8443/",
        "https://evil.cn/",
        "https://u@fcm.googleapis.com/",
        "https://fcm.googleapis.com/" + "x" * 500,
    ],
)
def test_no_other_host_is_written_to_for_a_browser(endpoint: str) -> None:
    assert not is_push_service(endpoint, ["fcm.googleapis.com"])


def test_quiet_hours_within_a_day_and_the_last_try(at: datetime) -> None:
    noon = QuietHours.parse("12:00-14:00")
    assert noon is not None
    assert noon.until(at.replace(hour=5), "Asia/Shanghai").hour == 14
    night = QuietHours.parse("21:00-08:00")
    assert night is not None
    assert night.until(at.replace(hour=22), "Asia/Shanghai").isoformat() == "2026-09-17T08:00:00+08:00"
    assert QuietHours.parse(" ") is None
    assert next_try(len(RETRIES), at) == at + RETRIES[-1]


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
