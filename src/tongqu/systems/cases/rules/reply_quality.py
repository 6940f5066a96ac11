"""How good a reply is before it goes out: relevance, completeness, reasons and tone, with what is missing and where.

There is no standard for the four; the names follow the usual demands on replies to citizens (相关性、完整性、可解释性).
The numbers were set on public replies of one city and are checked by `bench/replies.py`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from tongqu.systems.cases.rules.reply_reading import (
    CITED,
    EXPLAINED,
    FIGURE,
    LEFT_OPEN,
    PARTS,
    RUDE,
    VAGUE_BASIS,
    Ask,
    Part,
    Span,
    asks_of,
    is_answered,
    is_empty,
    pairs,
    parts_of,
    private_in,
    sentences,
    simplified,
    substance,
    undated_promises,
)

LONGEST_MESSAGE = 800
LONGEST_SENTENCE = 110
RELEVANT_FROM = 0.35
OFF_TOPIC = 15
SHARES = {"relevance": 0.30, "completeness": 0.35, "reasons": 0.25, "tone": 0.10}
MOST_EMPTY, MOST_OFF_TOPIC = 20, 45
ANSWERS_WORTH = 50
PARTS_WORTH = {
    Part.GREETING: 4,
    Part.FINDING: 12,
    Part.ACTION: 18,
    Part.DATE: 6,
    Part.UNIT: 6,
    Part.CONTACT: 4,
}
_ENTITY = re.compile(
    r"[A-Z]\d{0,2}[市区县]|(?![的在把被和与对从是有我你您到])[\u4e00-\u9fff]{2,6}?"
    r"(?:小区|大道|社区|花园|街道|公园|广场|学校|小学|中学|大学|医院|新城|家园|派出所|公司|[路街镇乡村苑湾园巷局])|"
    r"\d{2,}(?:\.\d+)?|[A-Za-z]{2,}\d*"
)


class Lack(StrEnum):
    """What a reply lacks, or has and should not."""

    EMPTY = "empty"
    OFF_TOPIC = "off_topic"
    UNANSWERED = "unanswered"
    FINDING = "finding"
    ACTION = "action"
    DATE = "date"
    UNIT = "unit"
    CONTACT = "contact"
    GREETING = "greeting"
    BASIS = "basis"
    EXPLANATION = "explanation"
    PROMISE = "promise"
    LONG = "long"
    RUDE = "rude"
    PRIVATE = "private"
    OPEN = "open"


BLOCKING = frozenset({Lack.PRIVATE, Lack.OPEN})
"""What keeps a reply from going out whatever its score: personal data, and blanks that were not filled in."""


@dataclass(frozen=True)
class Missing:
    """Something that is missing, and the words of the message or the reply that it is about."""

    lack: Lack
    words: str = ""
    span: Span | None = None


@dataclass(frozen=True)
class Quality:
    """The four scores of a reply and all of it, each 0..100, and what is missing, the gravest first."""

    relevance: int
    completeness: int
    reasons: int
    tone: int
    overall: int
    missing: tuple[Missing, ...]

    @property
    def is_blocked(self) -> bool:
        """Whether something in it must not go out."""
        return any(each.lack in BLOCKING for each in self.missing)


def quality_of(message: str, reply: str, *, private: tuple[str, ...] = ()) -> Quality:
    """Score a reply to a message; `private` are particulars of the reporter that must not stand in it.

    >>> asked = "莲花镇清风路路灯坏了。请问何时能修好？"
    >>> quality_of(asked, "您好！您的留言已收悉，已转交有关部门处理。").overall
    9
    >>> quality_of(asked, "您好！经核实，清风路路灯因线路被挖断不亮，我局已安排抢修，9月18日前修好。电话0570-12345。").overall
    88
    """
    asked, said = simplified(message), simplified(reply)
    relevance, is_void = relevance_of(asked, said), is_empty(said)
    unanswered = [ask for ask in _asks(asked) if is_void or not is_answered(ask.text, said)]
    missing_parts = [part for part in PARTS if part not in parts_of(said)]
    promises = undated_promises(said)
    completeness = _completeness(asked, unanswered, missing_parts, len(promises))
    reasons = 0 if is_void else reasons_of(said)
    missing = [
        *_wholes(is_void, relevance),
        *(Missing(Lack.UNANSWERED, _cut(message, ask.span), ask.span) for ask in unanswered if not is_void),
        *(Missing(Lack(part.value)) for part in missing_parts if not is_void or part == Part.GREETING),
        *([] if is_void else _bases(said)),
        *(Missing(Lack.PROMISE, _cut(reply, span), span) for span in promises),
        *_faults(reply, said, private),
    ]
    tone = _tone(said, missing)
    if is_void:
        completeness = min(completeness, 10)
    scores = {"relevance": relevance, "completeness": completeness, "reasons": reasons, "tone": tone}
    return Quality(**scores, overall=_overall(scores, is_void), missing=tuple(missing))


def relevance_of(message: str, reply: str) -> int:
    """Return how far a reply speaks of what was asked, 0..100.

    The cosine of both sets of character pairs, a quarter of the share of the first sentence's (the subject's) pairs that
    the reply has too, and a tenth of the share of places, numbers and names that it repeats; 0.35 of that sum is full.
    """
    subject, whole = re.split(r"[。！？\n]", message, maxsplit=1)[0], message[:LONGEST_MESSAGE]
    about, of_all, said = pairs(subject), pairs(whole), pairs(reply)
    cosine = len(of_all & said) / math.sqrt(max(len(of_all) * len(said), 1))
    of_subject = len(about & said) / max(len(about), 1)
    named = set(_ENTITY.findall(whole))
    repeated = sum(name in reply for name in named) / (len(named) + 1)
    return min(100, round(100 * (cosine + 0.25 * of_subject + 0.1 * repeated) / RELEVANT_FROM))


def reasons_of(reply: str) -> int:
    """Return how well a reply gives its grounds, 0..100: what it cites, what was found, figures, words that explain.

    >>> reasons_of("根据《城市道路管理条例》第十条，经现场核实，占道12平方米，共3处，已责令3日内拆除。")
    100
    """
    body = substance(reply)
    cited, vague = bool(CITED.search(reply)), bool(VAGUE_BASIS.search(body))
    figures = len(set(FIGURE.findall(body)))
    points = 35 if cited else 15 if vague else 0
    points += 20 if PARTS[Part.FINDING].search(body) else 0
    points += 20 if EXPLAINED.search(body) else 0
    return min(100, points + min(figures, 3) * 10)


def _asks(message: str) -> list[Ask]:
    """Return the asks; a message without any asks for what its first sentence tells."""
    found = asks_of(message)
    if found:
        return found
    first = next(sentences(message), None)
    return [Ask(*first)] if first else []


def _completeness(message: str, unanswered: list[Ask], missing: list[Part], promises: int) -> int:
    asks = max(len(_asks(message)), 1)
    answered = ANSWERS_WORTH * (asks - len(unanswered)) / asks
    there = sum(worth for part, worth in PARTS_WORTH.items() if part not in missing)
    return max(0, round(answered + there - 5 * min(promises, 2)))


def _wholes(is_void: bool, relevance: int) -> list[Missing]:
    found = [Missing(Lack.EMPTY)] if is_void else []
    return found + ([Missing(Lack.OFF_TOPIC)] if relevance < OFF_TOPIC else [])


def _bases(reply: str) -> list[Missing]:
    body = substance(reply)
    lacks = []
    if not CITED.search(reply) and not VAGUE_BASIS.search(body) and not PARTS[Part.FINDING].search(body):
        lacks.append(Missing(Lack.BASIS))
    if not EXPLAINED.search(body):
        lacks.append(Missing(Lack.EXPLANATION))
    return lacks


def _faults(reply: str, said: str, private: tuple[str, ...]) -> list[Missing]:
    """Return what stands in the reply and should not."""
    found = [Missing(Lack.PRIVATE, _cut(reply, span), span) for span in private_in(reply, private)]
    found += [Missing(Lack.OPEN, match.group(), match.span()) for match in LEFT_OPEN.finditer(reply)]
    found += [Missing(Lack.RUDE, match.group(), match.span()) for match in RUDE.finditer(said)]
    long = [span for text, span in sentences(reply) if len(text) > LONGEST_SENTENCE]
    return found + [Missing(Lack.LONG, _cut(reply, span), span) for span in long]


def _tone(reply: str, missing: list[Missing]) -> int:
    """Return how polite and plain a reply is: greeting, thanks or regret, no rude words, no endless sentences."""
    lacks = [each.lack for each in missing]
    points = 30 * (Lack.GREETING not in lacks) + 30 * (Lack.RUDE not in lacks)
    points += 20 if re.search(r"感谢|谢谢|抱歉|歉意|谅解|欢迎", reply) else 0
    return points + max(0, 20 - 10 * lacks.count(Lack.LONG))


def _overall(scores: dict[str, int], is_void: bool) -> int:
    overall = round(sum(share * scores[name] for name, share in SHARES.items()))
    if is_void:
        return min(overall, MOST_EMPTY)
    return min(overall, MOST_OFF_TOPIC) if scores["relevance"] < OFF_TOPIC else overall


def _cut(text: str, span: Span, longest: int = 60) -> str:
    words = text[slice(*span)].strip()
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
