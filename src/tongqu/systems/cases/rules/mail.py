"""What a letter (e-mail) is to the cases: whether people wrote it, which words are its own, which case it speaks of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tongqu.systems.cases.rules.naming import TRACKING_ALPHABET, TRACKING_LENGTH

LONGEST_TEXT = 5000
MOST_LETTERS_AN_HOUR = 20
"""Letters of one sender that are taken in within an hour; more wait for an administrator."""
OUR_MARK = "X-Tongqu-Notice"
"""The header that stands in every letter which we send."""
NOTICE_ID = re.compile(r"^<notice-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^>]+>$")
"""The Message-ID of a notice of ours."""


class Outcome(StrEnum):
    """What became of a letter."""

    CASE = "case"
    """It made a case."""
    WORD = "word"
    """It was put to a case that is known."""
    KNOWN = "known"
    """The same letter was taken in before."""
    IGNORED = "ignored"
    """A program wrote it, or nothing stands in it."""
    PROBLEM = "problem"
    """It could not be taken in, and is set aside."""


class Why(StrEnum):
    """Why a letter is not taken in."""

    AUTOMATIC = "automatic"
    BULK = "bulk"
    LIST = "list"
    BOUNCE = "bounce"
    OURS = "ours"
    EMPTY = "empty"
    BROKEN = "broken"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    NO_SENDER = "no-sender"
    REFUSED = "refused"


@dataclass(frozen=True)
class Attached:
    """A file in a letter: its name, bytes, and whether it stands within the text as logos do."""

    name: str
    data: bytes
    is_inline: bool = False


@dataclass(frozen=True)
class Letter:
    """A letter as it was read: plain words, whatever its charset and MIME structure were."""

    message_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    sent_at: datetime | None = None
    references: tuple[str, ...] = ()
    pictures: tuple[Attached, ...] = ()
    other_files: tuple[str, ...] = ()
    automatic: Why | None = None


def why_automatic(headers: Mapping[str, str], sender: str, ours: frozenset[str] = frozenset()) -> Why | None:
    """Return why a letter counts as written by a program, or None when a person may have written it.

    `headers` by lower-case names; `ours` holds our own addresses. After RFC 3834 (section 2 and 5: Auto-Submitted,
    null sender), RFC 2919 (List-Id), RFC 2369 (List-Unsubscribe), RFC 3464 (multipart/report) and usage (Precedence).

    >>> why_automatic({"auto-submitted": "auto-replied (vacation)"}, "a@b.cn")
    <Why.AUTOMATIC: 'automatic'>
    >>> why_automatic({"auto-submitted": "no"}, "a@b.cn") is None
    True
    """
    if OUR_MARK.lower() in headers or sender.lower() in ours:
        return Why.OURS
    local = sender.split("@")[0].lower()
    if (
        headers.get("return-path", "").strip() == "<>"
        or local in ("mailer-daemon", "postmaster")
        or headers.get("content-type", "").lower().startswith("multipart/report")
    ):
        return Why.BOUNCE
    submitted = re.split(r"[;(\s]", headers.get("auto-submitted", "no").strip().lower())[0]
    if submitted != "no" or headers.keys() & {"x-autoreply", "x-autorespond"}:
        return Why.AUTOMATIC
    if headers.keys() & {"list-id", "list-unsubscribe", "list-post"}:
        return Why.LIST
    if headers.get("precedence", "").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return Why.BULK
    return None


_HISTORY = re.compile(
    r"^(-{2,}\s*(原始邮件|原邮件|Original Message|转发的邮件|Forwarded message|回复的原邮件|以下是原邮件)\s*-{2,}"
    r"|On .{4,120} wrote:"
    r"|(在|于)?\s*\d{4}[-年/.]\s?\d{1,2}[-月/.].{0,100}(写道|wrote)\s*[:：]"
    r"|.{0,80}<[^<>@\s]+@[^<>\s]+>\s*(于.{0,60})?(写道|wrote)\s*[:：]"
    r"|(发件人|寄件人|寄件者|From)\s*[:：].{0,200}@.{0,200})$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^(--|—{2,}|_{5,}|发自我的.{1,30}|從我的.{1,30}傳送|发自.{0,10}(QQ邮箱|网易邮箱.{0,10}|iPhone|Outlook.{0,20})"
    r"|Sent from (my |Mail for ).{1,30}|Get Outlook for .{1,20})$",
    re.IGNORECASE,
)
_SIGN_DASHES = re.compile(r"^--\s?$")


def own_words(text: str) -> str:
    """Return what the writer wrote: without quoted history and signature; where nothing is left, the whole text.

    >>> own_words("路灯还是不亮。\\n\\n发自我的iPhone\\n\\n------------------ 原始邮件 ------------------\\n发件人: a@b.cn")
    '路灯还是不亮。'
    >>> own_words("> 请看下面\\n> 路灯不亮")
    '请看下面\\n路灯不亮'
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    mine: list[str] = []
    for line in lines:
        bare = line.strip()
        if _HISTORY.match(bare) or _SIGNATURE.match(bare) or _SIGN_DASHES.match(line):
            break
        if not bare.startswith(">"):
            mine.append(line)
    return _tidy(mine) or _tidy([re.sub(r"^(\s*>)+ ?", "", line) for line in lines])


def _tidy(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


_PREFIX = re.compile(r"^\s*(re|fw|fwd|aw|回复|答复|转发|回覆|轉寄)\s*(\[\d+\])?\s*[:：]\s*", re.IGNORECASE)


def bare_subject(subject: str) -> str:
    """Return the subject on one line, without the marks of answers and forwards.

    >>> bare_subject("Re: 回复：  路灯\\n 不亮")
    '路灯 不亮'
    """
    line = " ".join(subject.split())
    while match := _PREFIX.match(line):
        line = line[match.end() :]
    return line


def report_text(letter: Letter, nothing: str) -> str:
    """Return the text of the report that a letter makes, at most 5,000 characters.

    The subject stands for a missing body; `nothing` for both, when only photos came.
    """
    text = letter.text or bare_subject(letter.subject) or nothing
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


_CODE = re.compile(rf"(?<![0-9A-Za-z])[{TRACKING_ALPHABET}]{{{TRACKING_LENGTH}}}(?![0-9A-Za-z])")
_NUMBER = re.compile(r"(?<![\d-])\d{6}-\d{6,}(?![\d-])")


def codes_in(text: str) -> list[str]:
    """Return what could be tracking codes in a text.

    >>> codes_in("Re: 您的上报（查询码 7K2MPQ9XYZ）的进展"), codes_in("ABCDEFGHJKMN")
    (['7K2MPQ9XYZ'], [])
    """
    return _CODE.findall(text)


def numbers_in(text: str) -> list[str]:
    """Return what could be numbers of cases in a text.

    >>> numbers_in("关于260916-000123的补充")
    ['260916-000123']
    """
    return _NUMBER.findall(text)


def letter_key(letter: Letter, data: bytes) -> str:
    """Return by which key a letter is known again: sender and Message-ID, else its bytes.

    The sender counts too, so that nobody can have another's letter taken for known by using its Message-ID.
    """
    named = f"{letter.sender.lower()}\n{letter.message_id}".encode() if letter.message_id else data
    return hashlib.sha256(named).hexdigest()


def masked_address(address: str) -> str:
    """Return an e-mail address of which only the beginning and the host's end show.

    >>> masked_address("wangxiaoming@163.com"), masked_address("a@b.cn"), masked_address("")
    ('wa****@163.com', 'a****@b.cn', '')
    """
    local, at, host = address.rpartition("@")
    return f"{local[: min(2, max(len(local) - 1, 1))]}****@{host}" if at else "*" * len(address)
