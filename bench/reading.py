"""Sets our reader of categories beside the majority, keyword rules and a plain machine on n-grams, by cross-validation.

    .venv/bin/python bench/reading.py [FOLDER] [--rounds 5]

FOLDER holds `labelled.csv`, `messages.csv` and `replied.csv`; without one: `../shared/data/messages` beside the checkout.
Every line but the last two uses the same folds (stratified, five, shuffled anew in each round). "Kept together": messages
that are nearly the same never stand on both sides of a fold. "Not looked at": the word list was revised while looking at
errors among the first 115 messages; this line counts the others only, in the same folds. The machine on n-grams gets no
probabilities, so it has no calibration error.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[threads] = "1"

import numpy as np  # noqa: E402
from scipy.sparse.csgraph import connected_components  # noqa: E402
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.model_selection import StratifiedKFold  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongqu.systems.cases.analytics.calibration import macro_f1  # noqa: E402
from tongqu.systems.cases.analytics.reader import Text  # noqa: E402
from tongqu.systems.cases.analytics.training import (  # noqa: E402
    Example,
    cross_validated,
    score_of,
    train,
    vocabulary_of,
)
from tongqu.systems.cases.queries.reading import category_words, read_messages  # noqa: E402
from tongqu.systems.cases.queries.training import category_examples  # noqa: E402

MESSAGES = ROOT.parent / "shared" / "data" / "messages"
LOOKED_AT = 115
ALIKE = 0.6


def row(name: str, f1: list[float], accuracy: list[float], error: list[float] | None = None) -> None:
    """Print one line of the table: means over the rounds, and the spread of macro-F1 between them."""
    ece = f"{np.mean(error):>11.3f}" if error else f"{'–':>11}"
    print(f"{name:<34} {np.mean(f1):>9.3f} {np.std(f1):>7.3f} {np.mean(accuracy):>9.3f} {ece}", flush=True)


def near_copies(examples: list[Example]) -> np.ndarray:
    """Return a group for each message; messages nearly alike (cosine of 4-grams 0.6 or more) share one."""
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(4, 4)).fit_transform(
        e.text.subject + e.text.body for e in examples
    )
    return connected_components(vectors @ vectors.T >= ALIKE, directed=False)[1].astype(np.int64)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=MESSAGES)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    if not (chosen.folder / "labelled.csv").exists():
        sys.exit(f"{chosen.folder}/labelled.csv is not there: name the folder with the messages.")
    examples, background = category_examples(chosen.folder)
    vocabulary = vocabulary_of(category_words(), background)
    classes = len(vocabulary.classes)
    texts = [e.text for e in examples]
    truth = np.array([vocabulary.classes.index(e.label) for e in examples])
    whole = np.array([f"{t.subject}\n{t.body}" for t in texts])
    rules = vocabulary.rules(texts).argmax(axis=1)
    majority = np.full(len(truth), np.bincount(truth).argmax())
    plain, ours, unseen = [], [], []
    for seed in range(chosen.rounds):
        said, chances = np.zeros(len(truth), dtype=int), np.zeros((len(truth), classes))
        for known, asked in StratifiedKFold(5, shuffle=True, random_state=seed).split(truth, truth):
            machine = make_pipeline(
                TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2),
                LinearSVC(class_weight="balanced", random_state=0),
            )
            said[asked] = machine.fit(whole[known], truth[known]).predict(whole[asked])
            chances[asked] = train(vocabulary, [examples[i] for i in known]).chances(
                [texts[i] for i in asked]
            )
        plain.append(said)
        ours.append(score_of(chances, truth))
        unseen.append(score_of(chances[LOOKED_AT:], truth[LOOKED_AT:]))
    groups = near_copies(examples)
    apart = cross_validated(vocabulary, examples, rounds=chosen.rounds, groups=groups)

    print(
        f"{len(examples)} labelled messages, {classes} categories, {len(background)} others; {chosen.rounds} × 5 folds"
    )
    print(f"{groups.max() + 1} groups of near copies\n")
    print(f"{'way of reading':<34} {'macro-F1':>9} {'spread':>7} {'accuracy':>9} {'calibration':>11}")
    for name, fixed in (("majority", majority), ("keyword rules (our word list)", rules)):
        row(name, [macro_f1(fixed, truth, classes)], [float((fixed == truth).mean())])
    row(
        "n-grams and a linear machine",
        [macro_f1(s, truth, classes) for s in plain],
        [(s == truth).mean() for s in plain],
    )
    for name, scores in (
        ("ours", ours),
        ("ours, not looked at", unseen),
        ("ours, near copies kept together", [apart]),
    ):
        row(
            name,
            [s.macro_f1 for s in scores],
            [s.accuracy for s in scores],
            [s.calibration_error for s in scores],
        )
    sample = [Text(t.subject, t.body) for t in background[:4000]]
    read_messages(sample[:10])
    start, used = time.perf_counter(), time.process_time()
    for first in range(0, len(sample), 1000):
        read_messages(sample[first : first + 1000])
    took, busy = time.perf_counter() - start, time.process_time() - used
    print(
        f"\n{len(sample)} messages, category, matter and place: {len(sample) / took:,.0f} a second by the clock,"
    )
    print(f"{len(sample) / busy:,.0f} a second of processor time, one thread")


if __name__ == "__main__":
    main()
