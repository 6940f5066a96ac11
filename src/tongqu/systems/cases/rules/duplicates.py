"""Whether two reports may be about the same thing: words, distance and time, as a score with its reasons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

FAR_M = 600
HALF_LIFE_DAYS = 45
DAY_S = 86_400
LEAST_WORDS = 0.15
LEAST_SCORE = 0.45
WORDS_SHARE, PLACE_SHARE, TIME_SHARE = 0.55, 0.35, 0.10
SAME_DIVISION = 0.5

_NOISE = re.compile(r"[\s\W_]+|投诉|咨询|反映|举报|请求|请问|关于|希望")
_RUN_OF_GRAMS = 2


@dataclass(frozen=True)
class Told:
    """What is compared of a report."""

    text: str
    at: datetime
    division: str = ""


@dataclass(frozen=True)
class Likeness:
    """How alike two reports are; `score` and `words` are 0..1, `distance_m` is None where a point is missing."""

    score: float
    words: float
    distance_m: int | None
    days: int
    shared: tuple[str, ...]

    @property
    def is_offered(self) -> bool:
        """Whether the desk is asked if both are the same."""
        return self.words >= LEAST_WORDS and self.score >= LEAST_SCORE

    @property
    def percent(self) -> int:
        """The score out of a hundred."""
        return round(100 * self.score)


def grams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters, without punctuation and words that every report has.

    >>> sorted(grams("投诉：路灯 坏了"))
    ['坏了', '灯坏', '路灯']
    """
    clean = _NOISE.sub("", text)
    return frozenset(clean[n : n + _RUN_OF_GRAMS] for n in range(len(clean) - 1))


def likeness(one: Told, other: Told, distance_m: float | None) -> Likeness:
    """Compare two reports.

    Words: the mean of two measures on pairs of characters: what share of the shorter report the longer has too, and
    Dice's, without which a very short text would be like everything. Place: 1 at the same point, 0 from 600 m on; without
    two points ½ in the same division, else 0. Time: halved every 45 days.
    """
    mine, theirs = grams(one.text), grams(other.text)
    both = len(mine & theirs)
    shorter, sum_of_both = min(len(mine), len(theirs)), len(mine) + len(theirs)
    words = (both / shorter + 2 * both / sum_of_both) / 2 if shorter else 0.0
    if distance_m is None:
        place = SAME_DIVISION if one.division and one.division == other.division else 0.0
    else:
        place = max(0.0, 1 - distance_m / FAR_M)
    apart_days = abs((one.at - other.at).total_seconds()) / DAY_S
    score = WORDS_SHARE * words + PLACE_SHARE * place + TIME_SHARE * 0.5 ** (apart_days / HALF_LIFE_DAYS)
    return Likeness(
        score,
        words,
        None if distance_m is None else round(distance_m),
        round(apart_days),
        shared_words(one.text, other.text),
    )


def shared_words(one: str, other: str, count: int = 4) -> tuple[str, ...]:
    """Return the longest runs of characters (two or more) that stand in both texts, the longest first.

    >>> shared_words("村口垃圾堆了三天", "三天了，村口垃圾没人管")
    ('村口垃圾', '三天')
    """
    left, right = _NOISE.sub("", one)[:300], _NOISE.sub("", other)[:300]
    runs: list[str] = []
    start = 0
    while start < len(left) - 1:
        end = start + 1
        while end < len(left) and left[start : end + 1] in right:
            end += 1
        if end - start >= _RUN_OF_GRAMS:
            runs.append(left[start:end])
        start = end if end - start >= _RUN_OF_GRAMS else start + 1
    return tuple(sorted(dict.fromkeys(runs), key=len, reverse=True)[:count])
