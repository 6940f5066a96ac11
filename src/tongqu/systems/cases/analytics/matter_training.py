"""Learns the matters of a region from what its desks decided, beside the words of the list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tongqu.systems.cases.analytics.reader import Reader, Text
from tongqu.systems.cases.analytics.training import Example, Score, score_of, train, vocabulary_of
from tongqu.systems.cases.analytics.words import plain

SEED_WEIGHT = 0.3
LEAST_TEXTS = 3
MOST_WORDS = 1500
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")

Strengths = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Compared:
    """What a new reader and the one before it were worth on the same decisions, which neither has seen."""

    new: Score
    before: Score

    @property
    def is_no_worse(self) -> bool:
        """Whether the new one finds the desk's matter at least as often."""
        return self.new.accuracy >= self.before.accuracy


def frequent_words(texts: Sequence[Text], known: set[str]) -> list[str]:
    """Return runs of 2 to 4 Chinese characters that three texts or more hold and that are not known yet, at most 1,500.

    >>> frequent_words([Text("石桥塌了", "")] * 3, {"石桥"})
    ['塌了', '桥塌', '桥塌了', '石桥塌', '石桥塌了']
    """
    counts: Counter[str] = Counter()
    for text in texts:
        runs = _CHINESE.findall(f"{plain(text.subject)} {plain(text.body)}")
        counts.update({run[i : i + n] for run in runs for n in (2, 3, 4) for i in range(len(run) - n + 1)})
    most = max(len(texts) // 2, LEAST_TEXTS)
    fitting = [w for w, n in counts.items() if LEAST_TEXTS <= n <= most and w not in known]
    return sorted(sorted(fitting, key=lambda w: (-counts[w], w))[:MOST_WORDS], key=lambda w: (-counts[w], w))


def seeds_of(strengths: Strengths, names: Mapping[str, str]) -> list[Example]:
    """Return what a matter's name and words say before any decision: a small example each."""
    return [
        Example(Text(words, ""), code, SEED_WEIGHT)
        for code, own in strengths.items()
        for words in [names.get(code, ""), *own]
        if words
    ]


def train_matters(strengths: Strengths, names: Mapping[str, str], decisions: Sequence[Example]) -> Reader:
    """Return a reader of the matters; with the same words and decisions, the same reader."""
    texts = [decision.text for decision in decisions]
    known = {word for own in strengths.values() for word in own}
    vocabulary = vocabulary_of(strengths, texts, frequent_words(texts, known))
    return train(vocabulary, [*seeds_of(strengths, names), *decisions])


def score_on(reader: Reader, decisions: Sequence[Example]) -> Score:
    """Return what the reader is worth on decisions; those on a matter that it does not know count as missed."""
    classes = {label: column for column, label in enumerate(reader.classes)}
    unknown = len(classes)
    truth = np.array([classes.get(d.label, unknown) for d in decisions], dtype=np.int64)
    chances = reader.chances([d.text for d in decisions])
    return score_of(np.hstack([chances, np.zeros((len(decisions), 1))]), truth)
