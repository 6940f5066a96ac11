"""Numbers, codes, titles and masked names."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

NUMBER = re.compile(r"^(\d{6})-(\d{6,})$")

TRACKING_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

TRACKING_LENGTH = 10


def case_number(pk: int, reported_at: datetime, zone: str) -> str:
    """Return the number people use: local day of the report and the running id.

    >>> from datetime import UTC
    >>> case_number(123, datetime(2026, 9, 15, 18, 0, tzinfo=UTC), "Asia/Shanghai")
    '260916-000123'
    """
    return f"{reported_at.astimezone(ZoneInfo(zone)):%y%m%d}-{pk:06d}"


def id_in_number(number: str) -> int | None:
    """Return the running id in a case number, or None when the text is no number.

    >>> id_in_number("260916-000123"), id_in_number("x")
    (123, None)
    """
    match = NUMBER.match(number.strip())
    return int(match[2]) if match else None


def title_of(text: str, longest: int = 60) -> str:
    """Return a one-line title: the first sentence of the text, shortened.

    >>> title_of("路边有垃圾。已经三天了。")
    '路边有垃圾'
    """
    line = re.split(r"[。！？!?\n\r]", text.strip(), maxsplit=1)[0].strip() or text.strip()
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def masked_name(name: str) -> str:
    """Return a name of which only the first character shows.

    >>> masked_name("蒋村民"), masked_name("")
    ('蒋**', '')
    """
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def masked_phone(phone: str) -> str:
    """Return a telephone number without its middle.

    >>> masked_phone("13812341234"), masked_phone("12345")
    ('138****1234', '*****')
    """
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)
