"""Reads what a text is about: a class with a probability, and the words that spoke for it.

A reader knows words and, for each class, how strongly a word speaks for it. Part of that knowledge is written down by
people (the strengths of a word list), part is learnt from examples (the weights). For one text:

- `shares`: for subject and body apart, the strength of the words found that falls to each class, over all strength found
  plus `FEW`, so that one weak word alone does not decide;
- `signs`: the words themselves, twice for the subject, weighed by rarity and strength, over the root of their squared
  length plus `SHORT`², so that what was learnt of one word does not outweigh the list in a short text.

A linear function of both gives the scores; `sharpness` makes them probabilities. Because all is linear once the length of
`signs` is known, each score is the sum of what its words add: that is what `why` tells.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.cases.analytics.calibration import softmax
from tongqu.systems.cases.analytics.words import WordTree, plain

Floats = NDArray[np.float64]
FEW = 3.0
SHORT = 10.0
SUBJECT_COUNTS = 2.0
WORDS_SHOWN = 5


@dataclass(frozen=True)
class Text:
    """A message: its subject and its body; either may be empty."""

    subject: str
    body: str


@dataclass(frozen=True)
class Guess:
    """A class that a text may belong to, how likely (0..1), and the words that spoke for it, the weightiest first."""

    label: str
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Words (w), their classes' strengths (w × c, the word list) and their rarity (w, natural logarithm)."""

    words: tuple[str, ...]
    classes: tuple[str, ...]
    strengths: Floats
    rarity: Floats

    @cached_property
    def tree(self) -> WordTree:
        """The words, ready to be found."""
        return WordTree(self.words)

    @cached_property
    def power(self) -> Floats:
        """What a word adds to the shares of the classes (w × c)."""
        return np.asarray(self.strengths * self.rarity[:, None])

    @cached_property
    def gain(self) -> Floats:
        """What a word weighs among the signs (w)."""
        return np.asarray(self.rarity * np.sqrt(np.maximum(self.strengths.max(axis=1, initial=0.0), 0.25)))

    def features(self, texts: Sequence[Text]) -> Any:
        """Return a sparse matrix, a row for each text: its signs (w), shares of the subject (c), shares of the body (c)."""
        # Imported where it is used: most processes never need it.
        from scipy.sparse import csr_matrix, diags, hstack

        subject = self.tree.found([plain(text.subject) for text in texts])
        body = self.tree.found([plain(text.body) for text in texts])
        signs = (subject * SUBJECT_COUNTS + body).multiply(self.gain[None, :]).tocsr()
        length = np.sqrt(np.asarray(signs.multiply(signs).sum(axis=1)).ravel() + SHORT**2)
        signs = diags(1 / length) @ signs
        return hstack(
            [signs, *(csr_matrix(_shares(part @ self.power)) for part in (subject, body))], format="csr"
        )

    def rules(self, texts: Sequence[Text]) -> Floats:
        """Return the shares of the classes by the word list alone, the subject counting three times."""
        found = self.features(texts)[:, len(self.words) :].toarray()
        return np.asarray(3 * found[:, : len(self.classes)] + found[:, len(self.classes) :])


def _shares(power: Floats) -> Floats:
    return np.asarray(power / (power.sum(axis=1, keepdims=True) + FEW))


@dataclass(frozen=True)
class Reader:
    """A vocabulary with learnt weights (features × c), a bias (c) and the sharpness of its probabilities."""

    vocabulary: Vocabulary
    weights: Floats
    bias: Floats
    sharpness: float

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that can be said."""
        return self.vocabulary.classes

    def scores(self, texts: Sequence[Text]) -> Floats:
        """Return a score for each text and class."""
        return np.asarray(self.vocabulary.features(texts) @ self.weights + self.bias)

    def chances(self, texts: Sequence[Text]) -> Floats:
        """Return a probability for each text and class; of a text without a known word, every class is as likely."""
        features = self.vocabulary.features(texts)
        scores = np.asarray(features @ self.weights + self.bias)
        scores[np.diff(features.indptr) == 0] = 0
        return softmax(self.sharpness * scores)

    def read(self, text: Text, most: int = 3) -> list[Guess]:
        """Return the likeliest classes of one text, with the words that spoke for each."""
        chances = self.chances([text])[0]
        added = self._added(text)
        best = np.argsort(-chances, kind="stable")[:most]
        return [Guess(self.classes[c], float(chances[c]), self._speaking(added[:, c])) for c in best]

    def _added(self, text: Text) -> Floats:
        """Return what each word adds to each class, beyond what it adds to all classes alike (w × c)."""
        known = self.vocabulary
        count, classes = len(known.words), len(known.classes)
        features = self.vocabulary.features([text])
        signs = features[:, :count].toarray()[0]
        added = signs[:, None] * self.weights[:count]
        for part, first in ((text.subject, count), (text.body, count + classes)):
            found = known.tree.found([plain(part)]).toarray()[0]
            power = known.power * found[:, None]
            added = added + power / (power.sum() + FEW) @ self.weights[first : first + classes]
        return np.asarray(added - added.mean(axis=1, keepdims=True))

    def _speaking(self, added: Floats) -> tuple[str, ...]:
        best = np.argsort(-added, kind="stable")[: 2 * WORDS_SHOWN]
        words = [self.vocabulary.words[column] for column in best if added[column] > 1e-6]
        whole = [word for word in words if not any(word != longer and word in longer for longer in words)]
        return tuple(whole[:WORDS_SHOWN])

    def to_bytes(self) -> bytes:
        """Return the reader as a NumPy archive without pickled objects; equal readers give equal bytes."""
        known, target = self.vocabulary, io.BytesIO()
        np.savez_compressed(
            target,
            words=np.array(known.words, dtype=str),
            classes=np.array(known.classes, dtype=str),
            strengths=known.strengths.astype(np.float32),
            rarity=known.rarity.astype(np.float32),
            weights=self.weights.astype(np.float32),
            bias=self.bias.astype(np.float32),
            sharpness=np.float32(self.sharpness),
        )
        return target.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Reader:
        """Return the reader that `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            vocabulary = Vocabulary(
                tuple(kept["words"].tolist()),
                tuple(kept["classes"].tolist()),
                kept["strengths"].astype(np.float64),
                kept["rarity"].astype(np.float64),
            )
            return cls(
                vocabulary,
                kept["weights"].astype(np.float64),
                kept["bias"].astype(np.float64),
                float(kept["sharpness"]),
            )
