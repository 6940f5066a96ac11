"""Hot issues: messages clustered by time, place and meaning, ranked by a heat index.

Meaning is a TF-IDF of character 2- to 4-grams, the subject counted apart from the body; rare n-grams, which are mostly
the names of roads, estates and villages, weigh most. Two messages are linked when one stands among
the other's nearest, their similarity (0..1) reaches `LINK`, and they lie at most `WINDOW_DAYS` apart. The parts of that graph are then
cut by average linkage at `TOGETHER`, so that a chain of messages alike only pair by pair does not become one issue. Parts
that name one place and are alike as wholes are joined again (`analytics.joining`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from scipy.sparse.csgraph import connected_components

from tongqu.systems.cases.analytics.joining import joined
from tongqu.systems.cases.rules.heat import Heat

LINK = 0.20
TOGETHER = 0.12
WINDOW_DAYS = 180
NEAREST = 40
SUBJECT_SHARE = 0.65
OTHER_PLACE = 0.6
LONGEST_BODY = 600

DAY_S = 86_400

_DISTRICT = re.compile(r"[A-Z]\d{1,2}(?=[区县市])")
_PLACE = re.compile(
    r"(?:[A-Z]\d{0,2}[市区县])*((?:(?!的)[\u4e00-\u9fff]){2,6}?(?:小区|大道|社区|花园|街道|公园|广场|学校|小学|中学|新城|家园|[路街镇乡村苑湾园巷]))"
)
_NOISE = re.compile(r"[\s\W_]+")
_STOP = re.compile(r"[A-Z]\d{0,2}[市区县]|投诉|咨询|反映|举报|请求|请问|关于|建议|问题|求助|希望")


@dataclass(frozen=True)
class Message:
    """One message or case: who (any key that tells people apart), what, when, and the votes it got."""

    id: str
    person: str
    subject: str
    body: str
    at: datetime
    likes: int = 0
    dislikes: int = 0
    place: str = ""


@dataclass(frozen=True)
class HotIssue:
    """Messages of different people about the same matter at the same place."""

    rank: int
    heat: float
    title: str
    place: str
    since: datetime
    until: datetime
    people: int
    votes: int
    ids: tuple[str, ...]
    why: tuple[str, ...]


def district_of(message: Message) -> str:
    """Return the district that the message names (`A3` of "A3区…"), else the place it came with, else nothing."""
    found = _DISTRICT.search(message.subject) or _DISTRICT.search(message.body)
    return found.group() if found else message.place


def places_in(text: str) -> set[str]:
    """Return the roads, estates, parks and the like that a text names.

    >>> sorted(places_in("A2区丽发新城附近的清风路"))
    ['丽发新城', '清风路']
    """
    return set(_PLACE.findall(text))


def hot_issues(messages: Sequence[Message], *, at: datetime, least_people: int = 2) -> list[HotIssue]:
    """Return the issues that at least so many people speak of, the hottest first."""
    if len(messages) < 2:
        return []
    vectors, words = vectors_of(messages)
    districts = np.array([district_of(message) for message in messages])
    days = np.array([message.at.timestamp() / DAY_S for message in messages])
    names = [frozenset(places_in(message.subject)) for message in messages]
    labels = joined(vectors, clusters(vectors, districts, days), names, districts, days)
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    found = [
        _issue(messages, rows, vectors, words, at)
        for rows in groups
        if len({messages[row].person for row in rows}) >= least_people
    ]
    found.sort(key=lambda issue: (-issue.heat, issue.ids))
    return [HotIssue(**{**issue.__dict__, "rank": n}) for n, issue in enumerate(found, start=1)]


def vectors_of(messages: Sequence[Message]) -> tuple[csr_matrix, NDArray[np.object_]]:
    """Return one unit vector for each message, and the n-gram of each column of the subject's part."""
    # Imported where it is used: it takes longer than all the rest of a start, and most processes never need it.
    from sklearn.feature_extraction.text import TfidfVectorizer

    subjects = [_clean(message.subject) or "-" for message in messages]
    bodies = [_clean(message.body[:LONGEST_BODY]) or "-" for message in messages]
    of_subjects = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32)
    least = 2 if len(messages) > 50 else 1
    of_bodies = TfidfVectorizer(
        analyzer="char",
        ngram_range=(2, 4),
        min_df=least,
        max_df=0.2 if least == 2 else 1.0,
        sublinear_tf=True,
        dtype=np.float32,
    )
    first, second = of_subjects.fit_transform(subjects), of_bodies.fit_transform(bodies)
    joined = hstack([first * SUBJECT_SHARE**0.5, second * (1 - SUBJECT_SHARE) ** 0.5], format="csr")
    return joined, of_subjects.get_feature_names_out()


def clusters(
    vectors: csr_matrix, districts: NDArray[np.str_], days: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the number of the cluster of each row; a row alone is a cluster of its own."""
    from sklearn.neighbors import NearestNeighbors

    count = vectors.shape[0]
    search = NearestNeighbors(n_neighbors=min(NEAREST, count - 1), metric="cosine").fit(vectors)
    graph = search.kneighbors_graph(mode="distance").tocoo()
    near = _likeness(1 - graph.data, districts[graph.row], districts[graph.col])
    keep = (near >= LINK) & (np.abs(days[graph.row] - days[graph.col]) <= WINDOW_DAYS)
    links = csr_matrix((near[keep], (graph.row[keep], graph.col[keep])), shape=(count, count))
    return _cut(vectors, districts, links)


def _cut(vectors: csr_matrix, districts: NDArray[np.str_], links: csr_matrix) -> NDArray[np.int64]:
    """Cut each part of the graph by average linkage."""
    _, part_of = connected_components(links, directed=False)
    labels, used = np.zeros(len(part_of), dtype=np.int64), 0
    for part in range(part_of.max() + 1):
        rows = np.flatnonzero(part_of == part)
        own = _average_linkage(vectors[rows], districts[rows]) if len(rows) > 1 else np.zeros(1, np.int64)
        labels[rows] = own + used
        used += int(own.max()) + 1
    return labels


def _average_linkage(vectors: csr_matrix, districts: NDArray[np.str_]) -> NDArray[np.int64]:
    from sklearn.cluster import AgglomerativeClustering

    cosine = np.asarray((vectors @ vectors.T).todense(), dtype=np.float64)
    far = 1 - _likeness(cosine, districts[:, None], districts[None, :])
    np.fill_diagonal(far, 0)
    model = AgglomerativeClustering(
        None, metric="precomputed", linkage="average", distance_threshold=1 - TOGETHER
    )
    return np.asarray(model.fit_predict(far), dtype=np.int64)


def _likeness(
    cosine: NDArray[np.float64], one: NDArray[np.str_], other: NDArray[np.str_]
) -> NDArray[np.float64]:
    """Return the cosine, lessened where both name a district and not the same."""
    apart = (one != other) & (one != "") & (other != "")
    return np.clip(cosine * np.where(apart, OTHER_PLACE, 1.0), 0, 1)


def _clean(text: str) -> str:
    return _NOISE.sub("", _STOP.sub("", text))


def _issue(
    messages: Sequence[Message],
    rows: NDArray[np.int64],
    vectors: csr_matrix,
    words: NDArray[np.object_],
    at: datetime,
) -> HotIssue:
    own = [messages[row] for row in rows]
    part = vectors[rows]
    middle = np.asarray(part.mean(axis=0)).ravel()
    since, until = min(m.at for m in own), max(m.at for m in own)
    people, votes = len({m.person for m in own}), sum(m.likes - m.dislikes for m in own)
    heat = Heat(people, votes, (until - since).total_seconds() / DAY_S, (at - until).total_seconds() / DAY_S)
    central = own[int(np.argmax(part @ middle))]
    return HotIssue(
        0,
        round(heat.index, 2),
        central.subject,
        _place(own),
        since,
        until,
        people,
        votes,
        tuple(m.id for m in sorted(own, key=lambda m: (m.at, m.id))),
        _top_words(middle[: len(words)], words),
    )


def _place(own: Sequence[Message]) -> str:
    """Return district and name of the place, each if a third of the messages or more agree on it."""
    names = [name for message in own for name in sorted(places_in(message.subject))]
    return _most([district_of(message) for message in own], len(own)) + _most(names, len(own))


def _most(names: Sequence[str], among: int) -> str:
    counts = Counter(name for name in names if name)
    name, count = max(counts.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return name if 3 * count >= among else ""


def _top_words(weights: NDArray[np.float32], words: NDArray[np.object_], count: int = 5) -> tuple[str, ...]:
    """Return the n-grams that weigh most, none of them part of another."""
    chosen: list[str] = []
    for column in np.argsort(-weights, kind="stable")[: count * 12]:
        word = str(words[column])
        if weights[column] > 0 and not any(set(word) & set(other) for other in chosen):
            chosen.append(word)
    return tuple(chosen[:count])
