"""Letters are read however they were written: charsets, broken MIME, quotes, signatures, HTML, files."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.systems.cases.analytics.html_words import html_words
from tongqu.systems.cases.analytics.letters import decoded, read_letter
from tongqu.systems.cases.rules.mail import (
    Letter,
    Why,
    bare_subject,
    letter_key,
    masked_address,
    own_words,
    report_text,
    why_automatic,
)
from tongqu.systems.cases.rules.mailbox import BadMailbox, mailbox_of

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 100


def raw(head: str, body: bytes) -> bytes:
    return head.encode("utf-8") + b"\n\n" + body


@pytest.mark.parametrize(
    ("label", "codec"),
    [("gb2312", "gbk"), ("GBK", "gbk"), ("gb18030", "gb18030"), ("utf-8", "utf-8"), ("x-nonsense", "utf-8"),
     ("cp936", "gbk"), ("big5", "big5")],
)  # fmt: skip
def test_chinese_charsets_are_read(label: str, codec: str) -> None:
    words = "路燈不亮" if codec == "big5" else "朱镕路的路灯不亮"
    letter = read_letter(
        raw(
            f"From: a@b.cn\nContent-Type: text/plain; charset={label}\nContent-Transfer-Encoding: 8bit",
            words.encode(codec),
        )
    )
    assert letter.text == words


def test_headers_are_read_in_encoded_words_and_in_raw_bytes() -> None:
    encoded = read_letter(
        b"Subject: =?gb2312?B?wre1xrK7wcE=?=\nFrom: =?utf-8?B?546L5bCP5piO?= <wang@163.com>\n"
        b"Message-ID: <1@x>\nIn-Reply-To: <0@x>\nReferences: <0@x> <9@x>\nDate: Wed, 16 Sep 2026 10:00:00 +0800\n\nok"
    )
    assert (encoded.subject, encoded.sender, encoded.sender_name) == ("路灯不亮", "wang@163.com", "王小明")
    assert (encoded.message_id, encoded.references) == ("<1@x>", ("<0@x>", "<9@x>"))
    assert encoded.sent_at is not None
    assert encoded.sent_at.isoformat() == "2026-09-16T10:00:00+08:00"
    bare = read_letter("Subject: 路灯不亮\nFrom: 王 <a@b.cn>\nDate: soon\n\nok".encode("gb18030"))
    assert (bare.subject, bare.sender, bare.sent_at) == ("路灯不亮", "a@b.cn", None)
    naive = read_letter(b"From: a@b.cn\nDate: Wed, 16 Sep 2026 10:00:00 -0000\nSubject: =?utf-8?B?A?=\n\nok")
    assert naive.sent_at is not None
    assert naive.sent_at.isoformat() == "2026-09-16T10:00:00+00:00"


@pytest.mark.parametrize("sender", ["", "nobody", "a@b@c", "<script>@x", "a b@c.cn", "a@" + "x" * 300])
def test_what_is_no_address_is_no_sender(sender: str) -> None:
    assert read_letter(f"From: {sender}\n\nok".encode()).sender == ""


def composed(html: str = "", **files: bytes) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address("王小明", "wang", "163.com")
    message["Subject"] = "路灯"
    message.set_content("路灯不亮")
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in files.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=f"{name}.图")
    return message


def test_plain_text_goes_before_html_and_photos_are_known_by_their_bytes() -> None:
    letter = read_letter(bytes(composed("<b>另一种</b>", photo=JPEG, table=b"PK\x03\x04")))
    assert letter.text == "路灯不亮"
    assert [(p.name, p.data, p.is_inline) for p in letter.pictures] == [("photo.图", JPEG, False)]
    assert letter.other_files == ("table.图",)


def test_html_alone_is_read_as_words() -> None:
    message = EmailMessage()
    message["From"] = "a@b.cn"
    message.set_content(
        "<html><head><title>x</title></head><body><p>灯<b>不</b>亮<div class=gmail_quote>旧<p>信</div></body></html>",
        subtype="html",
    )
    message.add_related(JPEG, "image", "jpeg", cid="<logo>")
    letter = read_letter(bytes(message))
    assert letter.text == "灯不亮"
    assert [p.is_inline for p in letter.pictures] == [True]
    only = read_letter(
        raw(
            "From: a@b.cn\nContent-Type: multipart/alternative; boundary=b",
            b"--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<p>hi\n--b--",
        )
    )
    assert only.text == "hi"


def test_broken_and_nested_mime_does_no_harm() -> None:
    broken = read_letter(
        b"From: a@b.cn\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n\xb5\xc6\n--b\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n%%%"
    )
    assert broken.text == "灯"
    inner = b"From: a@b.cn\n\ndeep"
    for level in range(20):
        inner = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--" % (
            level,
            level,
            inner,
            level,
        )
    assert read_letter(inner).text == ""
    named = read_letter(
        b"From: a@b.cn\nContent-Type: image/png; name*=x-bad''%ff%fe\nContent-Transfer-Encoding: base64\n\n/9j/4A=="
    )
    assert len(named.pictures) == 1
    assert read_letter(b"From: a@b.cn\nContent-Type: text/plain; charset*=utf-8''utf-8\n\nx").text == "x"


@given(st.binary(max_size=400))
def test_any_bytes_are_a_letter(data: bytes) -> None:
    read_letter(data)
    read_letter(b"From: a@b.cn\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + data)
    html_words(decoded(data, None))


@pytest.mark.parametrize(
    ("text", "mine"),
    [
        ("灯坏了\n\n> 旧信\n>> 更旧", "灯坏了"),
        ("灯坏了\n-- \n王小明\n电话", "灯坏了"),
        ("灯坏了\n\n在 2026年9月16日，王 <a@b.cn> 写道：\n旧信", "灯坏了"),
        ("broken\n\nOn Wed, 16 Sep 2026 at 10:00, A <a@b.cn> wrote:\nold", "broken"),
        ("灯坏了\n\n王小明 <a@b.cn> 于2026年9月16日周三 10:00写道：\n旧信", "灯坏了"),
        ("灯坏了\n-----Original Message-----\nold", "灯坏了"),
        ("灯坏了\n发件人：王 <a@b.cn>\n主题：x", "灯坏了"),
        ("灯坏了\n发自我的小米手机", "灯坏了"),
        ("---------- Forwarded message ---------\n灯坏了", "---------- Forwarded message ---------\n灯坏了"),
        ("灯坏了\r\n\r\n\r\n\r\n三天了", "灯坏了\n\n三天了"),
        ("来自村口的发件人说灯坏了", "来自村口的发件人说灯坏了"),
    ],
)  # fmt: skip
def test_quotes_and_signatures_are_cut(text: str, mine: str) -> None:
    assert own_words(text) == mine


@pytest.mark.parametrize(
    ("headers", "sender", "why"),
    [
        ({}, "a@b.cn", None),
        ({"precedence": "first-class"}, "a@b.cn", None),
        ({"x-tongqu-notice": "1"}, "a@b.cn", Why.OURS),
        ({}, "Report@City.cn", Why.OURS),
        ({"return-path": "<>"}, "a@b.cn", Why.BOUNCE),
        ({}, "MAILER-DAEMON@b.cn", Why.BOUNCE),
        ({"content-type": "multipart/report; report-type=delivery-status"}, "a@b.cn", Why.BOUNCE),
        ({"auto-submitted": "auto-generated"}, "a@b.cn", Why.AUTOMATIC),
        ({"x-autoreply": "yes"}, "a@b.cn", Why.AUTOMATIC),
        ({"list-id": "<l.b.cn>"}, "a@b.cn", Why.LIST),
        ({"precedence": "Bulk"}, "a@b.cn", Why.BULK),
    ],
)
def test_what_programs_write_is_known(headers: dict[str, str], sender: str, why: Why | None) -> None:
    assert why_automatic(headers, sender, frozenset({"report@city.cn"})) == why


def test_text_title_key_and_mask() -> None:
    letter = Letter("<1@x>", "a@b.cn", "", "Re: 灯", "")
    assert report_text(letter, "(photos)") == "灯"
    assert report_text(Letter("", "a@b.cn", "", "", ""), "(photos)") == "(photos)"
    assert len(report_text(Letter("", "", "", "", "灯" * 6000), "")) == 5000
    assert bare_subject("转发：Re[2]: 灯") == "灯"
    assert letter_key(letter, b"1") == letter_key(letter, b"2")
    assert letter_key(letter, b"1") != letter_key(Letter("<1@x>", "c@b.cn", "", "", ""), b"1")
    assert letter_key(Letter("", "a@b.cn", "", "", ""), b"1") != letter_key(
        Letter("", "a@b.cn", "", "", ""), b"2"
    )
    assert masked_address("nohost") == "******"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("imaps://u:p@h:x/", "cannot be read"), ("pop3://u:p@h", "must begin with"), ("imaps://h/INBOX", "Name user"),
        ("imaps://u@h", "Name user"), ("imaps://u:p@h/收件箱", "ASCII"),
    ],
)  # fmt: skip
def test_a_wrong_mailbox_setting_says_what_to_write(url: str, says: str) -> None:
    with pytest.raises(BadMailbox, match=says):
        mailbox_of(url)


def test_only_this_machine_may_be_spoken_to_without_encryption() -> None:
    assert mailbox_of("imap://u:p@localhost").may_be_plain
    assert not mailbox_of("imap://u:p@mail.city.cn").may_be_plain
    assert (mailbox_of("imap://u:p@h").port, mailbox_of("imaps://u:p@h").port) == (143, 993)
