"""Reads a letter (RFC 5322 with MIME) from its bytes, however badly it was written."""

from __future__ import annotations

import codecs
import re
from binascii import Error as BadBase64
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime

from tongqu.systems.cases.analytics.html_words import html_words
from tongqu.systems.cases.rules.mail import Attached, Letter, own_words, why_automatic

DEEPEST = 12
MOST_PARTS = 200
_GB = re.compile(r"^(x-)?(gb[_-]?2312([_-]80)?|gbk|gb[_-]?18030|(cp|ms|windows-)936|euc-cn)$", re.IGNORECASE)
_ADDRESS = re.compile(r"^[^@\s<>\"(),;:\\]{1,64}@[A-Za-z0-9.\-]{1,190}$")
_ID = re.compile(r"<[^<>\s]{1,250}>")


def read_letter(data: bytes, ours: frozenset[str] = frozenset()) -> Letter:
    """Return the letter; unreadable bytes become replacement characters, never an error.

    `ours` holds our own addresses, so that our letters are known as such.
    """
    message = message_from_bytes(data, policy=compat32)
    headers = {name.lower(): words_of(str(value)) for name, value in reversed(list(message.raw_items()))}
    name, address = parseaddr(_raw(message, "from"))
    sender = address.strip() if _ADDRESS.match(address.strip()) else ""
    parts = list(_parts(message))
    texts, pictures, others = _sorted(parts)
    return Letter(
        message_id=(_ID.findall(headers.get("message-id", "")) or [""])[0],
        sender=sender,
        sender_name=_clean(words_of(name))[:60],
        subject=_clean(headers.get("subject", "")),
        text=own_words(_clean("\n".join(filter(None, texts)))),
        sent_at=_sent(headers.get("date", "")),
        references=tuple(
            dict.fromkeys(_ID.findall(headers.get("in-reply-to", "") + headers.get("references", "")))
        ),
        pictures=tuple(pictures),
        other_files=tuple(others),
        automatic=why_automatic(headers, sender, ours),
    )


def _raw(message: Message, name: str) -> str:
    """Return a header with its encoded words still encoded, but its raw bytes read."""
    values = [str(value) for key, value in message.raw_items() if key.lower() == name]
    return _unsurrogated(values[0]) if values else ""


def _clean(text: str) -> str:
    """Return the text without what no database keeps and no page shows."""
    return re.sub(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "", text)


def decoded(data: bytes, charset: str | None) -> str:
    """Return bytes as text: by their charset, else as UTF-8 or GB18030, whichever fits.

    Mailers call GBK and GB18030 “gb2312”, so the widest of the three is used for all.

    >>> decoded("镕".encode("gbk"), "gb2312"), decoded("事".encode(), "x-unknown"), decoded("事".encode("gbk"), None)
    ('镕', '事', '事')
    """
    names = ["gb18030" if _GB.match(charset) else charset] if charset else []
    for name in [*names, "utf-8", "gb18030"]:
        try:
            return codecs.decode(data, name)
        except (LookupError, UnicodeError, ValueError, AssertionError):
            continue
    return data.decode("utf-8", errors="replace")


def words_of(header: str) -> str:
    """Return a header's encoded words (RFC 2047) and raw bytes as text.

    >>> words_of("=?gb2312?B?wre1xg==?= ok")
    '路灯 ok'
    """
    text = _unsurrogated(header)
    try:
        parts = decode_header(text)
    except (HeaderParseError, BadBase64, ValueError):
        return text
    return "".join(part if isinstance(part, str) else decoded(part, charset) for part, charset in parts)


def _unsurrogated(text: str) -> str:
    """Return a header whose raw 8-bit bytes, kept by the parser as surrogates, are read as text."""
    return decoded(text.encode("utf-8", errors="surrogateescape"), None)


def _sent(date: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Go through the parts that hold something; of alternatives only the one that is read."""
    if not message.is_multipart():
        yield message
        return
    if depth >= DEEPEST:
        return
    inner = [part for part in message.get_payload() if isinstance(part, Message)]
    if message.get_content_subtype() == "alternative":
        inner = _chosen(inner)
    for part in inner[:MOST_PARTS]:
        yield from _parts(part, depth + 1)


def _chosen(parts: list[Message]) -> list[Message]:
    """Return the plain text of alternatives if it says anything, else the richest."""
    plain = [part for part in parts if part.get_content_type() == "text/plain" and _text(part).strip()]
    return plain[:1] or parts[-1:]


def _sorted(parts: list[Message]) -> tuple[list[str], list[Attached], list[str]]:
    """Return the texts, the pictures and the names of other files."""
    texts: list[str] = []
    pictures: list[Attached] = []
    others: list[str] = []
    for part in parts[:MOST_PARTS]:
        name = _name(part)
        is_file = part.get_content_disposition() == "attachment" or bool(name)
        if part.get_content_maintype() == "text" and not is_file:
            texts.append(_text(part))
        elif data := _bytes(part):
            if part.get_content_maintype() == "image" or _is_picture(data):
                is_inline = part.get_content_disposition() != "attachment" and "Content-ID" in part
                pictures.append(Attached(name or "photo", data, is_inline))
            else:
                others.append(name or part.get_content_type())
    return texts, pictures, others


def _is_picture(data: bytes) -> bool:
    """Answer whether the bytes begin as a JPEG, PNG, WebP or HEIC does: mailers call photos octet-stream."""
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n"))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1")
    )


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    charset = part.get_param("charset")
    text = decoded(_bytes(part), charset if isinstance(charset, str) else None)
    return html_words(text) if part.get_content_subtype() == "html" else text


def _name(part: Message) -> str:
    """Return the file's name, in whichever of three ways it was written (RFC 2231, RFC 2047, raw)."""
    name = part.get_filename() or ""
    return _clean(words_of(name)).replace("/", "_").replace("\\", "_").strip()[:120]
