"""Prints the hot issues of a file of messages, and sets our clusters beside DBSCAN on the same vectors.

    .venv/bin/python bench/hot.py [FILE] [--top 10] [--shown 60]

Without a file: `../shared/data/messages/messages.csv` beside the checkout. "Agree on district" is the share of pairs in
one cluster that name the same district, among the pairs in which both name one; "cohesion" is the mean cosine of pairs
in one cluster. Both count clusters of at least two people. Ours reads the districts, DBSCAN does not: the line "blind to
districts" is ours without that knowledge, and the one to set beside DBSCAN in that column.

`hot_read.csv` names the issue of 292 messages read by hand (by their subjects, where needed their texts; one reader), by the id of their row. B-cubed precision and
recall count, for each of these messages, how much of its cluster is its issue and how much of its issue is its cluster. The
threshold of joining was set on the part "tuning"; "not joined" is ours before clusters of one place are joined.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from unittest import mock

import numpy as np
from sklearn.cluster import DBSCAN

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongqu.systems.cases.analytics import joining, whereabouts  # noqa: E402
from tongqu.systems.cases.analytics.hot import Message, district_of, hot_issues, vectors_of  # noqa: E402
from tongqu.systems.cases.analytics.messages import messages_in  # noqa: E402

MESSAGES = ROOT.parent / "shared" / "data" / "messages" / "messages.csv"
READ = Path(__file__).with_name("hot_read.csv")
PARTS = ("tuning", "held back")


def measured(name: str, groups: Iterable[list[int]], messages: list[Message], vectors, took: float) -> None:
    """Print one line of the table of clusterings."""
    groups = [g for g in groups if len({messages[row].person for row in g}) > 1]
    same = both = 0
    likeness = []
    for group in groups:
        names = [district_of(messages[row]) for row in group]
        pairs = [(a, b) for a, b in itertools.combinations(names, 2) if a and b]
        both, same = both + len(pairs), same + sum(a == b for a, b in pairs)
        cosine = (vectors[group] @ vectors[group].T).toarray()
        likeness.append(cosine[np.triu_indices(len(group), 1)])
    cohesion = float(np.concatenate(likeness).mean()) if likeness else 0.0
    largest = max(map(len, groups), default=0)
    print(
        f"{name:<26} {took:>8.1f} {len(groups):>7} {sum(map(len, groups)):>9} {largest:>8} {same / max(both, 1):>18.3f} {cohesion:>9.3f}"
    )


def b_cubed(labels: dict[str, int], part: str) -> str:
    """Return precision, recall and F1 of the clusters on the messages read by hand."""
    with READ.open(encoding="utf-8", newline="") as source:
        read = {
            row["id"]: row["issue"]
            for row in csv.DictReader(source)
            if row["part"] == part and row["id"] in labels
        }
    precision = recall = 0.0
    for key, issue in read.items():
        cluster = [each for each in read if labels[each] == labels[key]]
        whole = [each for each in read if read[each] == issue]
        right = sum(read[each] == issue for each in cluster)
        precision, recall = precision + right / len(cluster), recall + right / len(whole)
    precision, recall = precision / max(len(read), 1), recall / max(len(read), 1)
    return f"{precision:>9.3f} {recall:>7.3f} {2 * precision * recall / max(precision + recall, 1e-9):>6.3f}"


def read_by_hand(name: str, groups: Iterable[list[int]], messages: list[Message]) -> None:
    """Print one line of the table of messages read by hand; what is in no group is alone."""
    labels = {message.id: -1 - n for n, message in enumerate(messages)}
    for number, group in enumerate(groups):
        labels |= {messages[row].id: number for row in group}
    print(f"{name:<26}" + "  |".join(b_cubed(labels, part) for part in PARTS))


def main() -> None:
    """Cluster, print, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, default=MESSAGES)
    parser.add_argument("--top", type=int, default=10)
    parser.add_argument("--shown", type=int, default=60, help="messages shown of one issue")
    chosen = parser.parse_args()
    with chosen.file.open(encoding="utf-8-sig", newline="") as source:
        table = csv.DictReader(source)
        messages, problems = messages_in(table, table.fieldnames or (), chosen.file.name)
    for problem in problems:
        print(problem)
    start = time.perf_counter()
    issues = hot_issues(messages, at=max(message.at for message in messages))
    took = time.perf_counter() - start
    rows = {message.id: n for n, message in enumerate(messages)}
    for issue in issues[: chosen.top]:
        print(
            f"\n{issue.rank}. {issue.title}\n   heat {issue.heat}, {issue.place or 'no one place'}, {issue.since:%Y-%m-%d} to {issue.until:%Y-%m-%d}, {issue.people} people, {issue.votes} votes; {' '.join(issue.why)}"
        )
        for key in issue.ids[: chosen.shown]:
            print(f"     {messages[rows[key]].subject}")

    start = time.perf_counter()
    vectors, _ = vectors_of(messages)
    making = time.perf_counter() - start
    print(f"\n{len(messages)} messages; making the vectors takes {making:.1f} s of each line\n")
    print(
        f"{'clustering':<26} {'seconds':>8} {'issues':>7} {'messages':>9} {'largest':>8} {'agree on district':>18} {'cohesion':>9}"
    )
    ours = [[rows[key] for key in issue.ids] for issue in issues]
    measured("ours", ours, messages, vectors, took)
    found = {"ours": ours}
    with mock.patch.object(joining, "JOIN", 9.0):
        start = time.perf_counter()
        apart = hot_issues(messages, at=max(message.at for message in messages))
        took = time.perf_counter() - start
    found["ours, not joined"] = [[rows[key] for key in issue.ids] for issue in apart]
    measured("ours, not joined", found["ours, not joined"], messages, vectors, took)
    whereabouts.OTHER_PLACE = 1.0
    start = time.perf_counter()
    blind = hot_issues(messages, at=max(message.at for message in messages))
    took = time.perf_counter() - start
    blind_rows = [[rows[key] for key in issue.ids] for issue in blind]
    measured("ours, blind to districts", blind_rows, messages, vectors, took)
    for radius in (0.6, 0.7, 0.75, 0.8):
        start = time.perf_counter()
        labels = DBSCAN(eps=radius, min_samples=2, metric="cosine").fit_predict(vectors)
        took = making + time.perf_counter() - start
        groups = [np.flatnonzero(labels == label).tolist() for label in range(labels.max() + 1)]
        measured(f"DBSCAN, cosine within {radius}", groups, messages, vectors, took)
        found[f"DBSCAN, cosine within {radius}"] = groups
    print(
        f"\n{'read by hand':<26}" + "  |".join(f"{part + ': precision':>9} recall     F1" for part in PARTS)
    )
    for name, clustering in found.items():
        read_by_hand(name, clustering, messages)


if __name__ == "__main__":
    main()
