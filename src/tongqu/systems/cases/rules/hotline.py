"""How a row of a hotline's export becomes a report: which column is what, what a row must have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tongqu.kernel.problems import Problem

Translate = Callable[[str], str]

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": ("工单编号", "工单号", "受理编号", "诉求编号", "编号", "number"),
    "called_at": ("来电时间", "受理时间", "诉求时间", "登记时间", "创建时间", "called_at"),
    "name": ("来电人", "来电人姓名", "诉求人", "联系人", "姓名", "name"),
    "phone": ("联系电话", "来电号码", "电话号码", "手机号", "电话", "phone"),
    "text": ("诉求内容", "工单内容", "反映内容", "问题描述", "内容", "text"),
    "place": ("地址", "事发地址", "诉求地址", "事发地点", "详细地址", "place"),
    "district": ("区县", "县市区", "所属区县", "所属区域", "区域", "district"),
    "kind": ("诉求类型", "问题分类", "诉求分类", "事项类型", "类型", "kind"),
    "title": ("诉求标题", "工单标题", "标题", "title"),
}
"""The usual headings of each field, the most usual first."""

NEEDED = ("number", "text")
LONGEST_NUMBER = 60
LONGEST_TEXT = 5000
_TIMES = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip
_PHONE = re.compile(r"^\+?\d[\d \-]{5,19}$")


@dataclass(frozen=True)
class Order:
    """A work order of the hotline, read from one row."""

    row: int
    number: str
    text: str
    title: str = ""
    called_at: datetime | None = None
    name: str = ""
    phone: str = ""
    place: str = ""
    district: str = ""
    kind: str = ""


def guessed(headings: Iterable[str]) -> dict[str, str]:
    """Return which heading holds which field, as far as the usual headings tell.

    >>> guessed([" 工单编号", "诉求内容", "备注"])
    {'number': ' 工单编号', 'text': '诉求内容'}
    """
    by_name = {_plain(heading): heading for heading in reversed(list(headings))}
    found = {}
    for name, usual in HEADINGS.items():
        hit = next((by_name[each] for each in usual if each in by_name), None)
        if hit is not None:
            found[name] = hit
    return found


def _plain(heading: str) -> str:
    return re.sub(r"[\s*＊:：]", "", heading).lower()


def head_of(rows: Sequence[Sequence[str]], most: int = 10) -> int:
    """Return which of the first rows is the heading: the one with most usual headings, else the first.

    >>> head_of([["衢州12345工单导出"], ["工单编号", "诉求内容"], ["1", "路灯不亮"]])
    1
    """
    return max(range(min(most, len(rows))), key=lambda n: (len(guessed(rows[n])), -n), default=0)


def mapping_problems(
    mapping: Mapping[str, str], headings: Sequence[str], file: str, _: Translate
) -> list[Problem]:
    """Return what is wrong with a mapping of fields to headings: a needed field without one, an absent heading."""
    problems = [
        Problem(
            _("No column is chosen for this field. Choose one, or add it to the export."),
            "no-column",
            file,
            field=name,
        )
        for name in NEEDED
        if not mapping.get(name)
    ]
    return problems + [
        Problem(
            _("The file has no column “%(heading)s”. Choose another one.") % {"heading": heading},
            "absent-column",
            file,
            field=name,
        )
        for name, heading in mapping.items()
        if heading and heading not in headings
    ]


def read_order(
    row: int, cells: Mapping[str, str], *, file: str, zone: str, _: Translate
) -> tuple[Order | None, list[Problem]]:
    """Return the work order of a row, or None, with everything that is wrong with the row.

    `cells` holds the text of each field by its name. A telephone that is none is left out of the order and
    reported; number, text and time must be right.
    """
    get = {name: cells.get(name, "").strip() for name in HEADINGS}
    fatal, light = [], []
    if not get["number"]:
        fatal.append(("number", "required", _("The number of the work order is missing. Fill it in.")))
    elif len(get["number"]) > LONGEST_NUMBER:
        fatal.append(("number", "too-long", _("The number is longer than 60 characters. Correct it.")))
    if not get["text"]:
        fatal.append(("text", "required", _("The text of the work order is missing. Fill it in.")))
    elif len(get["text"]) > LONGEST_TEXT:
        fatal.append(("text", "too-long", _("Shorten this to 5,000 characters.")))
    called_at = read_time(get["called_at"], zone)
    if get["called_at"] and called_at is None:
        fatal.append(("called_at", "bad-time", _("This is no time. Write it as 2026-09-16 10:00.")))
    phone = get["phone"]
    if phone and not _PHONE.match(phone):
        light.append(
            ("phone", "bad-phone", _("This is no telephone number; it was left out. Correct it by hand."))
        )
        phone = ""
    problems = [Problem(say, code, file, row, name) for name, code, say in [*fatal, *light]]
    if fatal:
        return None, problems
    return Order(row, **{**get, "called_at": called_at, "phone": phone}), problems  # type: ignore[arg-type]


def read_time(text: str, zone: str) -> datetime | None:
    """Return the instant that a local time names, or None.

    >>> read_time("2026/9/16 10:00", "Asia/Shanghai").isoformat(), read_time("soon", "Asia/Shanghai")
    ('2026-09-16T10:00:00+08:00', None)
    """
    for form in _TIMES:
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is put in below
        except ValueError:
            continue
        return found.replace(tzinfo=ZoneInfo(zone))
    return None
