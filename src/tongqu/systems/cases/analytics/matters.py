"""Which matter of the list a text is about, by the words of the list, before any decision of a desk is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tongqu.systems.cases.analytics.reader import WORDS_SHOWN, Floats, Text, Vocabulary
from tongqu.systems.cases.analytics.words import plain

LEAST_SHARE = 0.25
LEAST_LEAD = 1.25
OTHER_CATEGORY = 0.4


@dataclass(frozen=True)
class MatterWords:
    """The words of the matters, and the categories of messages to which each matter belongs (none: to any)."""

    vocabulary: Vocabulary
    categories: Mapping[str, frozenset[str]]

    def shares(self, texts: Sequence[Text], chances: Floats, names: Sequence[str]) -> Floats:
        """Return a share (0..1) for each text and matter.

        `chances` hold the probability of each category (`names`) for each text: a matter that belongs to none of the
        likely ones loses up to six tenths.
        """
        belongs = np.array(
            [[not own or name in own for name in names] for own in map(self._own, self.vocabulary.classes)],
            dtype=np.float64,
        )
        fitting = OTHER_CATEGORY + (1 - OTHER_CATEGORY) * np.minimum(chances @ belongs.T, 1.0)
        return np.asarray(self.vocabulary.rules(texts) / 4 * fitting)

    def words_for(self, text: Text, column: int) -> tuple[str, ...]:
        """Return the words of the text that speak for a matter, the strongest first, at most five."""
        known = self.vocabulary
        found = known.tree.found([f"{plain(text.subject)} {plain(text.body)}"]).toarray()[0]
        power = known.power[:, column] * found
        words = [
            known.words[row] for row in np.argsort(-power, kind="stable")[: 2 * WORDS_SHOWN] if power[row] > 0
        ]
        return tuple(w for w in words if not any(w != longer and w in longer for longer in words))[
            :WORDS_SHOWN
        ]

    def _own(self, code: str) -> frozenset[str]:
        return self.categories.get(code, frozenset())

    def codes(self, shares: Floats) -> list[str]:
        """Return the code of the matter of each text, nothing where the words do not tell it apart."""
        order = np.argsort(-shares, axis=1, kind="stable")
        rows = np.arange(len(shares))
        first, second = shares[rows, order[:, 0]], shares[rows, order[:, 1]]
        sure = (first >= LEAST_SHARE) & (first >= LEAST_LEAD * second)
        return [
            self.vocabulary.classes[column] if ok else ""
            for column, ok in zip(order[:, 0], sure, strict=True)
        ]
