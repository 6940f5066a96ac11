"""Reports by e-mail, from a real IMAP server: one letter is one case, nothing is lost, nothing comes twice."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from conftest import Town
from tongqu.shared.jobs.rules import JobContext
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions import mail as mail_actions
from tongqu.systems.cases.actions.mail import Arrived, mailbox_named, open_folder, take_letter
from tongqu.systems.cases.actions.moves import reject
from tongqu.systems.cases.actions.personal import view_personal_data
from tongqu.systems.cases.jobs import imap
from tongqu.systems.cases.jobs.mail import fetch, fetch_from
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.mail import LetterReceived, Mailbox
from tongqu.systems.cases.rules.mail import MOST_LETTERS_AN_HOUR, Outcome
from tongqu.systems.cases.rules.mailbox import MailboxAddress, mailbox_of
from tongqu.systems.cases.tests.factories import matter
from tongqu.systems.cases.tests.mailserver import deliver, flags, imap_server, logged_in
from tongqu.systems.cases.tests.test_pages import signed_in, text


@pytest.fixture(scope="module")
def server() -> Iterator[MailboxAddress]:
    with imap_server() as address:
        yield address


@pytest.fixture
def box(server: MailboxAddress) -> MailboxAddress:
    """The server's mailbox, emptied; letters in it have numbers that were never used."""
    with logged_in(server) as connection:
        connection.store("1:*", "+FLAGS", "\\Deleted")
        connection.expunge()
    return server


def photo() -> bytes:
    noise = bytes(random.Random(7).randrange(256) for _pixel in range(120 * 90 * 3))
    file = io.BytesIO()
    Image.frombytes("RGB", (120, 90), noise).save(file, "JPEG", quality=95)
    return file.getvalue()


def letter(
    words: str = "村口路灯不亮", subject: str = "路灯", ident: str = "<1@163.com>", **headers: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "王小明 <wangxiaoming@163.com>"
    message["Subject"] = subject
    message["Message-ID"] = ident
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(words)
    return message


def read_all(box: MailboxAddress, at: datetime) -> None:
    fetch_from(box, clock=lambda: at, tell=lambda done, total: None)


def outcomes() -> list[str]:
    return list(LetterReceived.objects.order_by("uid").values_list("outcome", flat=True))


def test_a_letter_is_one_case_with_its_photos_and_the_sender_masked(
    box: MailboxAddress, town: Town, at: datetime
) -> None:
    good = letter()
    good.add_attachment(photo(), maintype="image", subtype="jpeg", filename="灯.jpg")
    good.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="表.pdf")
    good.add_attachment(b"\xff\xd8\xff\xe0broken", maintype="image", subtype="jpeg", filename="坏.jpg")
    deliver(box, bytes(good))
    for _time in range(2):
        read_all(box, at)
    case = Case.objects.get()
    assert (case.title, case.text, case.source, case.reporter_name) == (
        "路灯",
        "村口路灯不亮",
        "email",
        "王小明",
    )
    assert [use.evidence.name for use in case.attachments.all()] == ["灯.jpg"]
    received = LetterReceived.objects.get()
    assert [name for name, _say in received.left_out] == ["坏.jpg", "表.pdf"]
    assert "\\Seen" in flags(box)[0]
    page = text(signed_in(town.desk_officer).get(f"/cases/{case.number}/"))
    assert "表.pdf" in page
    assert "wangxiaoming" not in page
    assert view_personal_data(case, by=town.desk_officer, at=at).email == "wangxiaoming@163.com"
    assert "163.com" not in "".join(
        f"{fact.after}{fact.note}{fact.subject_label}" for fact in Fact.objects.all()
    )


def test_of_a_full_mailbox_only_unread_letters_come_in_and_then_all_that_follow(
    box: MailboxAddress, town: Town, at: datetime
) -> None:
    deliver(box, bytes(letter(ident="<old@x>")), bytes(letter(ident="<new@x>")))
    with logged_in(box) as connection:
        connection.store("1", "+FLAGS", "\\Seen")
    read_all(box, at)
    assert Case.objects.count() == 1
    deliver(box, bytes(letter(ident="<later@x>")))
    with logged_in(box) as connection:
        connection.store("3", "+FLAGS", "\\Seen")  # Somebody reads along in the mailbox.
    read_all(box, at)
    assert Case.objects.count() == 2


def test_when_the_server_numbers_anew_no_letter_is_taken_twice(
    box: MailboxAddress, town: Town, at: datetime
) -> None:
    deliver(box, bytes(letter()))
    read_all(box, at)
    Mailbox.objects.update(uid_validity=1)
    LetterReceived.objects.update(uid_validity=1)
    with logged_in(box) as connection:
        connection.store("1", "-FLAGS", "\\Seen")
    read_all(box, at)
    assert (Case.objects.count(), outcomes()) == (1, ["case", "known"])


def test_what_programs_write_is_counted_and_not_taken_in(
    box: MailboxAddress, town: Town, at: datetime
) -> None:
    deliver(
        box,
        bytes(letter(ident="<1@x>", Auto_Submitted="auto-replied")),
        bytes(letter(ident="<2@x>", List_Id="<a.b>")),
        bytes(letter(ident="<3@x>", From="report@city.cn")),
        bytes(letter("", "", ident="<4@x>")),
        bytes(letter(ident="<5@x>", From="undisclosed")),
        bytes(letter()),
    )
    read_all(box, at)
    assert outcomes() == ["ignored", "ignored", "ignored", "ignored", "problem", "case"]
    assert Case.objects.count() == 1


def test_an_answer_becomes_a_word_on_the_case_and_a_stranger_with_its_number_does_not(
    box: MailboxAddress, town: Town, at: datetime
) -> None:
    deliver(box, bytes(letter()))
    read_all(box, at)
    case = Case.objects.get()
    by_code = letter("已经一周了", f"Re: {case.tracking_code}", "<2@x>", From="other@qq.com")
    by_code.add_attachment(photo(), maintype="image", subtype="jpeg", filename="灯.jpg")
    deliver(
        box,
        bytes(by_code),
        bytes(letter("还是不亮", "Re: 路灯", "<3@x>", In_Reply_To="<1@163.com>")),
        bytes(letter("再催", f"关于{case.number}", "<4@x>")),
        bytes(letter("我也要说", f"关于{case.number}", "<5@x>", From="stranger@qq.com")),
        bytes(letter("还是不亮", "Re: 路灯", "<3@x>", In_Reply_To="<1@163.com>")),
    )
    read_all(box, at + timedelta(hours=2))
    assert outcomes() == ["case", "word", "word", "word", "case", "known"]
    assert Fact.objects.filter(verb="case.word_added", subject_id=str(case.pk)).count() == 3
    assert "已经一周了" in text(signed_in(town.desk_officer).get(f"/cases/{case.number}/"))
    assert case.attachments.count() == 1


def test_a_word_on_an_ended_case_is_a_new_case_that_names_it(
    box: MailboxAddress, town: Town, at: datetime
) -> None:
    deliver(box, bytes(letter()))
    read_all(box, at)
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(matter=matter(), division=town.township, place_text="村口")
    reject(case, reason="查无此处", by=town.desk_officer, at=at)
    deliver(box, bytes(letter("就在村口", f"Re: {case.tracking_code}", "<2@x>")))
    read_all(box, at)
    new = Case.objects.latest("pk")
    assert (case.number in new.text, new.division, new.place_text) == (True, town.township, "村口")
    assert new.matter == matter()


def test_a_letter_that_is_too_large_refused_or_one_too_many_is_set_aside_and_tried_again(
    box: MailboxAddress, town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "IMAP_LARGEST_BYTES", 3000)
    deliver(box, bytes(letter("长" * 3000, ident="<1@x>")), bytes(letter(ident="<2@x>")))
    read_all(box, at)
    assert outcomes() == ["problem", "case"]
    assert "\\Flagged" in flags(box)[0]
    client = signed_in(town.region_admin)
    assert "wa****@163.com" in text(client.get("/cases/mail/"))
    aside = LetterReceived.objects.get(outcome="problem")
    monkeypatch.setattr(settings, "IMAP_LARGEST_BYTES", 30_000_000)
    assert client.post(f"/cases/mail/{aside.pk}/burn/").status_code == 404
    assert client.post(f"/cases/mail/{aside.pk}/again/").status_code == 302
    assert client.get("/cases/mail/").status_code == 200
    read_all(box, at)
    assert outcomes() == ["case", "case"]
    assert client.post(f"/cases/mail/{aside.pk}/settled/").status_code == 404


def test_whatever_goes_wrong_with_one_letter_holds_up_no_other(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = open_folder(mailbox_named("a@b/INBOX"), uid_validity=1, newest_uid=0)

    def refusing(*_arguments: Any, **_more: Any) -> Any:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(mail_actions, "read_letter", refusing)
    assert take_letter(box, Arrived(1, b""), at=at).why == "broken"
    monkeypatch.undo()
    monkeypatch.setattr(mail_actions, "report", refusing)
    assert take_letter(box, Arrived(2, bytes(letter(ident="<2@x>"))), at=at).why == "broken"
    monkeypatch.undo()
    LetterReceived.objects.bulk_create(
        LetterReceived(
            mailbox=box,
            uid_validity=1,
            uid=100 + n,
            sender="wangxiaoming@163.com",
            taken_at=at,
            outcome=Outcome.CASE,
        )
        for n in range(MOST_LETTERS_AN_HOUR)
    )
    many = take_letter(box, Arrived(3, bytes(letter(ident="<3@x>"))), at=at)
    assert many.why == "too-many"
    client = signed_in(town.region_admin)
    assert client.post(f"/cases/mail/{many.pk}/settled/").status_code == 302
    assert client.post(f"/cases/mail/{many.pk}/settled/").status_code == 422
    box.refresh_from_db()
    assert box.last_uid == 3


def test_what_is_wrong_with_us_is_raised_and_the_letter_comes_again(
    box: MailboxAddress, db: None, at: datetime, town: Town
) -> None:
    deliver(box, bytes(letter()), bytes(letter(ident="<2@x>")))
    stopped = iter([None, RuntimeError("killed")])

    def tell(_done: int, _total: int) -> None:
        if (error := next(stopped)) is not None:
            raise error

    with pytest.raises(RuntimeError):
        fetch_from(box, clock=lambda: at, tell=tell)
    assert Case.objects.count() == 1
    with logged_in(box) as connection:
        connection.store("1", "-FLAGS", "\\Seen")  # As if killed between the act and the mark.
    read_all(box, at)
    assert (Case.objects.count(), outcomes()) == (2, ["case", "case"])


def test_trouble_with_the_server_is_written_down(
    town: Town, at: datetime, box: MailboxAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_all(mailbox_of("imap://u:p@127.0.0.1:9"), at)
    wrong = mailbox_of(f"imap://report%40city.cn:wrong@127.0.0.1:{box.port}")
    read_all(wrong, at)
    assert "broke off" in Mailbox.objects.get(name=wrong.name).trouble
    read_all(mailbox_of(f"imap://report%40city.cn:secret@127.0.0.1:{box.port}/Nowhere"), at)
    monkeypatch.setattr(settings, "IMAP_URL", "imaps://nobody")
    fetch(JobContext("0" * 32, 1))
    monkeypatch.setattr(settings, "IMAP_URL", f"imap://report%40city.cn:secret@127.0.0.1:{box.port}")
    fetch(JobContext("0" * 32, 1))
    troubles = dict(Mailbox.objects.values_list("name", "trouble"))
    assert "No connection" in troubles["u@127.0.0.1/INBOX"]
    assert "Nowhere" in troubles["report@city.cn@127.0.0.1/Nowhere"]
    assert "Name user" in troubles["TONGQU_IMAP_URL"]
    page = text(signed_in(town.region_admin).get("/cases/mail/"))
    assert "Name user" in page
    assert signed_in(town.desk_officer).get("/cases/mail/").status_code == 403


def test_a_password_is_not_sent_in_the_clear() -> None:
    with imap_server() as address:
        far = MailboxAddress("127.1", address.port, "u", "p", "INBOX", is_tls=False)
        with pytest.raises(imap.MailTrouble, match="no encryption"), imap.opened(far):
            raise AssertionError
