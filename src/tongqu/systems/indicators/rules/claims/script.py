"""The text that the rules look at: Simplified, half-width and without line breaks inside sentences, with the way back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_WIDE = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)}
_SIGNS = {
    "％": "%", "﹪": "%", "．": ".", "／": "/", "－": "-", "−": "-", "–": "-", "—": "-", "―": "-", "～": "~", "〜": "~",
    "，": ",", "﹐": ",", "；": ";", "：": ":", "︰": ":", "∶": ":", "（": "(", "）": ")", "！": "!", "？": "?",
    "\u3000": " ", "\u00a0": " ", "\ufeff": " ", "\u200b": " ", "〇": "○", "「": "“", "」": "”", "『": "“", "』": "”",
    "Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "Ⅳ": "4", "Ⅴ": "5", "＋": "+", "＆": "&",
}  # fmt: skip
_SUPPLEMENT = "⺟母⺠民⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟⺁厂⺇几⺍小⺎兀⺓幺⺝月⺩王⺪疋⺫目⺬示⺶羊⺼月⻊足⻑長⻗雨⻡首"
RADICALS = {code: ord(unicodedata.normalize("NFKC", chr(code))) for code in range(0x2F00, 0x2FD6)} | {
    ord(radical): ord(character)
    for radical, character in zip(_SUPPLEMENT[::2], _SUPPLEMENT[1::2], strict=True)
}
"""Radicals to the characters that they look like: many PDF files hold them in the characters' place."""
_LONG_LINE = 25
_SPACES = re.compile(r"\s+")
_ENDS = frozenset("。!?;:”…」』")
_POINTED = re.compile("[,。;:]")
"""A first line without these is the title."""
_STARTS = re.compile(
    r"[一二三四五六七八九十]+[、是]|\([一二三四五六七八九十\d]+\)|\d+[.、]\D|--|本报|首页|[●■◆※*·•]"
)


@dataclass(frozen=True)
class Plain:
    """A text made plain, and for each of its characters the offset in the original."""

    text: str
    offsets: tuple[int, ...]
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original of a part of the plain text that is not empty."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def written(self, start: int, end: int) -> str:
        """Return a part as the original writes it, without its white space."""
        return "".join(self.original[offset] for offset in self.offsets[start:end])


def table_of(simplified: Mapping[str, str]) -> dict[int, int]:
    """Return the table of `str.translate` from a table of Traditional to Simplified characters, one for one."""
    return (
        _WIDE
        | RADICALS
        | {ord(sign): ord(plain) for sign, plain in _SIGNS.items()}
        | {ord(traditional): ord(simple) for traditional, simple in simplified.items()}
    )


def plain_of(text: str, table: Mapping[int, int]) -> Plain:
    """Return a text made plain by a table of `table_of`.

    White space goes; a line break stays, as one, unless the line is long and its sentence goes on in the next; one space stays
    between two Latin letters or figures, and a wide gap as a tab.

    >>> plain_of("增長 ５.１％", table_of({"長": "长"}))
    Plain(text='增长5.1%', offsets=(0, 1, 3, 4, 5, 6), original='增長 ５.１％')
    """
    simple = text.translate(table)
    parts: list[str] = []
    offsets: list[int] = []
    position = 0
    for gap in _SPACES.finditer(simple):
        parts.append(simple[position : gap.start()])
        offsets.extend(range(position, gap.start()))
        kept = _kept(simple, gap.start(), gap.end())
        parts.append(kept)
        offsets.extend([gap.start()] * len(kept))
        position = gap.end()
    parts.append(simple[position:])
    offsets.extend(range(position, len(simple)))
    return Plain("".join(parts), tuple(offsets), text)


def _kept(text: str, start: int, end: int) -> str:
    """Return what stays of the white space between two places of a text."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if "\n" in text[start:end] or "\r" in text[start:end]:
        return "" if _goes_on(text, start, end) else "\n"
    if "\t" in text[start:end]:
        return "\t"
    return " " if before.isascii() and after.isascii() and before.isalnum() and after.isalnum() else ""


def _goes_on(text: str, start: int, end: int) -> bool:
    """Say whether the sentence before a line break goes on after it."""
    line = text[text.rfind("\n", 0, start) + 1 : start].strip()
    if len(line) < _LONG_LINE or line[-1] in _ENDS:
        return False
    if text.find("\n", 0, start) < 0 and not _POINTED.search(line):
        return False
    return not _STARTS.match(text, end)
