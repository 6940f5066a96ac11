"""Checks the scores of replies without labels where that can be done, and on replies read by hand where not.

    .venv/bin/python bench/replies.py [FILE]

Without a file: `../shared/data/messages/replied.csv` beside the checkout. Four tables:

1. Relevance: does a message's own reply score above that of another message? Another is one drawn by chance, or (hard)
   the reply to the message likest to it. AUC over replies of 60 characters or more. Peers: the cosine of TF-IDF vectors of
   2- and 3-grams, its weights learnt on the other half of the file, and the length of the reply.
2. Worth: `replies_read.csv` names 182 replies read by hand, by the id of their row: 0 says nothing, 1 thin, 2 of substance.
   The rules were set while looking at the 112 of the part "tuning"; the 70 "held back" were read and scored afterwards.
3. Deleting: one part of a good reply is taken out; does the score that should fall do so, and is the lack named?
4. Padding: polite formula appended to empty replies must not lift them.
"""

from __future__ import annotations

import csv
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongqu.systems.cases.rules.reply_quality import Lack, Quality, quality_of, relevance_of  # noqa: E402
from tongqu.systems.cases.rules.reply_reading import (  # noqa: E402
    CITED,
    EXPLAINED,
    FIGURE,
    FORMULA,
    PARTS,
    Part,
    is_empty,
    sentences,
    substance,
)

REPLIED = ROOT.parent / "shared" / "data" / "messages" / "replied.csv"
READ = Path(__file__).with_name("replies_read.csv")
PADDING = "感谢您对我们工作的理解、支持与监督！我们将一如既往地做好工作。祝您生活愉快，万事如意！感谢您的关心与支持！"
Row = dict[str, str]


def main() -> None:
    """Print the tables."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else REPLIED
    if not file.exists():
        raise SystemExit(f"{file} is not there: name a file with id, subject, body and reply.")
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows = [
            {**row, "message": f"{row['subject']}。{row['body'].strip()}", "reply": row["reply"].strip()}
            for row in csv.DictReader(source)
        ]
    start = time.perf_counter()
    scored = [quality_of(row["message"], row["reply"]) for row in rows]
    took = time.perf_counter() - start
    print(f"{len(rows)} replies scored, {len(rows) / took:,.0f} a second in one process\n")
    relevance(rows)
    worth({row["id"]: (row, score) for row, score in zip(rows, scored, strict=True)})
    deleting([(row, score) for row, score in zip(rows, scored, strict=True) if score.overall >= 70][:600])
    padding([row for row in rows if is_empty(row["reply"])])


def relevance(rows: list[Row]) -> None:
    """Own reply against another's."""
    rows = [row for row in rows if len(row["reply"]) >= 60]
    rng, count = random.Random(1), len(rows)
    learn, judge = range(1, count, 2), range(0, count, 2)
    weights = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True)
    weights.fit([rows[n][key] for n in learn for key in ("message", "reply")])
    asked, said = (weights.transform([row[key] for row in rows]) for key in ("message", "reply"))
    alike = (asked @ asked.T).tolil()
    alike.setdiag(-1)
    pairings = {
        "by chance": [(n + 1 + rng.randrange(count - 1)) % count for n in range(count)],
        "hard": np.asarray(alike.tocsr().argmax(axis=1)).ravel().tolist(),
    }

    def cosine(one: int, other: int) -> float:
        return float(asked[one].multiply(said[other]).sum())

    def ours(one: int, other: int) -> float:
        return relevance_of(rows[one]["message"], rows[other]["reply"])

    def length(one: int, other: int) -> float:
        return len(rows[other]["reply"])

    print(f"{'relevance, own reply above ...':<40} {'by chance':>10} {'hard':>8}")
    for name, score in (("ours", ours), ("cosine of TF-IDF", cosine), ("length of the reply", length)):
        figures = [auc(score, judge, others) for others in pairings.values()]
        print(f"{name:<40} {figures[0]:>10.3f} {figures[1]:>8.3f}")
    print(f"({len(judge)} messages)\n")


def auc(score: Callable[[int, int], float], judge: range, others: list[int]) -> float:
    """Return the area under the curve for own against other replies."""
    own = [score(n, n) for n in judge]
    strange = [score(n, others[n]) for n in judge]
    return float(roc_auc_score([1] * len(own) + [0] * len(strange), own + strange))


def worth(rows: dict[str, tuple[Row, Quality]]) -> None:
    """Scores beside the replies read by hand."""
    with READ.open(encoding="utf-8", newline="") as source:
        read = [row for row in csv.DictReader(source) if row["id"] in rows]
    print(
        f"{'read by hand':<14} {'replies':>8}  {'score':<22} {'of substance':>13} {'not empty':>10}  empty found / right"
    )
    for part in ("tuning", "held back"):
        chosen = [(int(row["worth"]), *rows[row["id"]]) for row in read if row["part"] == part]
        if not chosen:
            print(f"{part}: none of these ids is in the file")
            continue
        marked = [is_empty(row["reply"]) for _worth, row, _score in chosen]
        empty = [worth == 0 for worth, _row, _score in chosen]
        both = sum(a and b for a, b in zip(marked, empty, strict=True))
        found = f"{both / sum(empty):.2f} / {both / max(sum(marked), 1):.2f}"
        for name, values in (
            ("ours, overall", [score.overall for _w, _r, score in chosen]),
            ("length of the reply", [len(row["reply"]) for _w, row, _s in chosen]),
        ):
            figures = [
                roc_auc_score([worth >= least for worth, _r, _s in chosen], values) for least in (2, 1)
            ]
            print(
                f"{part:<14} {len(chosen):>8}  {name:<22} {figures[0]:>13.3f} {figures[1]:>10.3f}  {found if name != 'length of the reply' else '–'}"
            )
    print()


def without(reply: str, pattern: re.Pattern[str]) -> str:
    """Return the reply without the sentences in which the pattern is found."""
    return "".join(text for text, _span in sentences(reply) if not pattern.search(text))


def deleting(rows: list[tuple[Row, Quality]]) -> None:
    """Take a part out and see what the scores say."""
    print(
        f"{'taken out':<34} {'replies':>8} {'score':<14} {'falls in':>9} {'by (mean)':>10} {'lack named in':>14}"
    )
    cases: list[tuple[str, Callable[[str], str], str, set[Lack]]] = [
        ("citations", lambda t: CITED.sub("", t), "reasons", set()),
        ("words that explain", lambda t: EXPLAINED.sub("", t), "reasons", {Lack.EXPLANATION}),
        ("figures", lambda t: FIGURE.sub("", t), "reasons", set()),
        ("what was found", lambda t: without(t, PARTS[Part.FINDING]), "completeness", {Lack.FINDING, Lack.EMPTY}),
        ("what was done", lambda t: without(t, PARTS[Part.ACTION]), "completeness", {Lack.ACTION, Lack.EMPTY}),
        ("greeting and thanks", lambda t: FORMULA.sub("", t), "tone", {Lack.GREETING}),
        ("everything but formula", lambda t: t.replace(substance(t)[:-1], ""), "overall", {Lack.EMPTY}),
    ]  # fmt: skip
    for name, cut, score, lacks in cases:
        changed = [(row, before, cut(row["reply"])) for row, before in rows]
        changed = [each for each in changed if each[2] != each[0]["reply"]]
        after = [quality_of(row["message"], text) for row, _before, text in changed]
        falls = [
            getattr(before, score) - getattr(now, score)
            for (_r, before, _t), now in zip(changed, after, strict=True)
        ]
        named = sum(bool(lacks & {m.lack for m in now.missing}) for now in after) / max(len(after), 1)
        print(
            f"{name:<34} {len(changed):>8} {score:<14} {sum(f > 0 for f in falls) / max(len(falls), 1):>9.0%} {np.mean(falls):>10.1f} {f'{named:.0%}' if lacks else '–':>14}"
        )
    print()


def padding(rows: list[Row]) -> None:
    """Append formula to empty replies."""
    before = [quality_of(row["message"], row["reply"]).overall for row in rows]
    after = [quality_of(row["message"], row["reply"] + PADDING).overall for row in rows]
    print(
        f"{len(rows)} empty replies: mean {np.mean(before):.1f}, highest {max(before)}; with {len(PADDING)} characters of formula appended: mean {np.mean(after):.1f}, highest {max(after)}"
    )


if __name__ == "__main__":
    main()
