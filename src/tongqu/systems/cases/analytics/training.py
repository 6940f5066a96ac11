"""Makes readers from a word list and examples, and measures them on examples that they have not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.cases.analytics.calibration import calibration_error, macro_f1, sharpness_of
from tongqu.systems.cases.analytics.reader import Floats, Reader, Text, Vocabulary
from tongqu.systems.cases.analytics.words import WordTree, plain

Ints = NDArray[np.int64]
FOLDS = 5
PENALTY = 1.0
"""C of the support vector machine: its default; not tuned."""


@dataclass(frozen=True)
class Example:
    """A text and the class that people gave it; a `weight` below 1 makes it count less."""

    text: Text
    label: str
    weight: float = 1.0


@dataclass(frozen=True)
class Score:
    """What a way of reading was worth on examples it had not seen: shares and errors from 0 to 1."""

    examples: int
    accuracy: float
    macro_f1: float
    calibration_error: float


def vocabulary_of(
    strengths: Mapping[str, Mapping[str, float]], background: Sequence[Text], more: Sequence[str] = ()
) -> Vocabulary:
    """Return the vocabulary of a word list (class → word → strength), with the rarity of its words in `background`.

    A word that speaks for several classes is shared out among them. `more` are words that speak for none until examples
    are learnt. Rarity is ln((n + 1) / (texts with the word + 1)).
    """
    classes = tuple(sorted(strengths))
    words = tuple(sorted({word for own in strengths.values() for word in own}.union(more)))
    row = {word: number for number, word in enumerate(words)}
    table = np.zeros((len(words), len(classes)))
    for column, label in enumerate(classes):
        for word, strength in strengths[label].items():
            table[row[word], column] = strength
    table /= np.maximum((table > 0).sum(axis=1, keepdims=True), 1)
    return Vocabulary(words, classes, table, rarity_of(words, background))


def rarity_of(words: Sequence[str], background: Sequence[Text]) -> Floats:
    """Return how rare each word is among the texts (subject and body together), ln((n + 1) / (texts with it + 1)); without texts, 1."""
    if not background:
        return np.ones(len(words))
    found = WordTree(words).found([plain(f"{text.subject} {text.body}") for text in background])
    counts = np.asarray(found.sum(axis=0)).ravel()
    return np.asarray(np.log((len(background) + 1) / (counts + 1)), dtype=np.float64)


def train(vocabulary: Vocabulary, examples: Sequence[Example]) -> Reader:
    """Return a reader that has learnt from the examples; the same examples give the same reader.

    One support vector machine for each class against the rest, every class weighing alike. The sharpness of the
    probabilities is found on scores of a cross-validation inside the examples. At least two classes must occur.
    """
    texts, truth, weights = _parts(vocabulary, examples)
    features = vocabulary.features(texts)
    learnt, bias = _fit(features, truth, weights, len(vocabulary.classes))
    outside = np.zeros((len(texts), len(vocabulary.classes)))
    for known, unknown in _folds(truth, seed=0):
        part, part_bias = _fit(features[known], truth[known], weights[known], len(vocabulary.classes))
        outside[unknown] = features[unknown] @ part + part_bias
    own = weights >= 1
    chosen = own if own.any() else ~own
    return Reader(vocabulary, learnt, bias, sharpness_of(outside[chosen], truth[chosen]))


def _parts(vocabulary: Vocabulary, examples: Sequence[Example]) -> tuple[list[Text], Ints, Floats]:
    column = {label: number for number, label in enumerate(vocabulary.classes)}
    truth = np.array([column[example.label] for example in examples], dtype=np.int64)
    return [e.text for e in examples], truth, np.array([e.weight for e in examples], dtype=np.float64)


NEVER_SEEN = -10.0
"""The score of a class without an example: it is never said."""


def _fit(features: object, truth: Ints, weights: Floats, classes: int) -> tuple[Floats, Floats]:
    # Imported where it is used, as in `_folds`: it takes longer than the rest of a start, and few processes ever train.
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=PENALTY, class_weight="balanced", random_state=0, tol=1e-5, max_iter=20_000)
    machine.fit(features, truth, sample_weight=weights)
    learnt = np.zeros((machine.coef_.shape[1], classes))
    bias = np.full(classes, NEVER_SEEN)
    if len(machine.classes_) == 2:
        # scikit-learn keeps one row for two classes: the second against the first.
        first, second = machine.classes_
        learnt[:, second], learnt[:, first] = machine.coef_[0], -machine.coef_[0]
        bias[second], bias[first] = machine.intercept_[0], -machine.intercept_[0]
        return learnt, bias
    learnt[:, machine.classes_] = machine.coef_.T
    bias[machine.classes_] = machine.intercept_
    return learnt, bias


def _folds(truth: Ints, seed: int, groups: Ints | None = None) -> Iterator[tuple[Ints, Ints]]:
    """Yield rows to learn from and rows to be asked about, five times; rows of one group stay together."""
    from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold

    folds = min(FOLDS, len(truth))
    if groups is not None:
        order = np.random.default_rng(seed).permutation(int(groups.max()) + 1)
        yield from GroupKFold(folds).split(truth, truth, order[groups])
    elif np.bincount(truth)[np.unique(truth)].min() >= folds:
        yield from StratifiedKFold(folds, shuffle=True, random_state=seed).split(truth, truth)
    else:
        yield from KFold(folds, shuffle=True, random_state=seed).split(truth)


def cross_validated(
    vocabulary: Vocabulary, examples: Sequence[Example], *, rounds: int = 1, groups: Ints | None = None
) -> Score:
    """Return what `train` is worth, by `rounds` of five-fold cross-validation; the sharpness is found inside each fold."""
    _texts, truth, _weights = _parts(vocabulary, examples)
    scores = []
    for seed in range(rounds):
        chances = np.zeros((len(examples), len(vocabulary.classes)))
        for known, unknown in _folds(truth, seed, groups):
            reader = train(vocabulary, [examples[row] for row in known])
            chances[unknown] = reader.chances([examples[row].text for row in unknown])
        scores.append(score_of(chances, truth))
    means = np.mean([[s.accuracy, s.macro_f1, s.calibration_error] for s in scores], axis=0)
    return Score(len(examples), *(float(mean) for mean in means))


def score_of(chances: Floats, truth: Ints) -> Score:
    """Return the score of probabilities against the truth."""
    said = chances.argmax(axis=1)
    return Score(
        len(truth),
        float((said == truth).mean()),
        macro_f1(said, truth, chances.shape[1]),
        calibration_error(chances, truth),
    )
