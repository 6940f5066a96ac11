"""Hot issues: messages clustered by time, place and meaning, ranked by a heat index.

Meaning is a TF-IDF of character 2- to 4-grams, the subject counted apart from the body; rare n-grams, which are mostly
the names of roads, estates and villages, weigh most. Two messages are linked when one stands among
the other's nearest, in meaning or on the ground, their similarity (0..1) reaches `LINK`, and they lie at most `WINDOW_DAYS` apart. Distance
on the ground lessens the similarity (`analytics.whereabouts`). The parts of that graph are then
cut by average linkage at `TOGETHER`, so that a chain of messages alike only pair by pair does not become one issue. Parts
that name one place and are alike as wholes are joined again (`analytics.joining`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.cases.analytics.joining import joined
from tongqu.systems.cases.analytics.whereabouts import Whereabouts, metres_of
from tongqu.systems.cases.rules.heat import Heat

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LINK = 0.20
TOGETHER = 0.12
WINDOW_DAYS = 180
NEAREST = 40
SUBJECT_SHARE = 0.65
LONGEST_BODY = 600
FEW = 50
NOTHING = "--"
"""What stands for a text without a letter: it needs two characters to be a run."""
_AT_ONCE = 20_000

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
    point: tuple[float, float] | None = None
    """Longitude and latitude, when known."""


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
    where = whereabouts_of(messages)
    days = np.array([message.at.timestamp() / DAY_S for message in messages])
    names = [frozenset(places_in(message.subject)) for message in messages]
    labels = joined(vectors, clusters(vectors, where, days), names, where, days)
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    found = [
        _issue(messages, rows, vectors, words, at)
        for rows in groups
        if len({messages[row].person for row in rows}) >= least_people
    ]
    found.sort(key=lambda issue: (-issue.heat, issue.ids))
    return [HotIssue(**{**issue.__dict__, "rank": n}) for n, issue in enumerate(found, start=1)]


def whereabouts_of(messages: Sequence[Message]) -> Whereabouts:
    """Return where the messages speak from."""
    nowhere = (np.nan, np.nan)
    points = np.array([message.point or nowhere for message in messages], dtype=np.float64)
    return Whereabouts(np.array([district_of(message) for message in messages]), metres_of(points))


def vectors_of(messages: Sequence[Message]) -> tuple[csr_matrix, NDArray[np.object_]]:
    """Return one unit vector for each message, and the n-gram of each column of the subject's part."""
    # Imported where it is used: it takes longer than all the rest of a start, and most processes never need it.
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    def runs(**bounds: float) -> TfidfVectorizer:
        return TfidfVectorizer(
            analyzer="char", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32, **bounds
        )

    subjects = [_clean(message.subject) or NOTHING for message in messages]
    bodies = [_clean(message.body[:LONGEST_BODY]) or NOTHING for message in messages]
    of_subjects = runs()
    first = of_subjects.fit_transform(subjects)
    try:
        second = runs(**({"min_df": 2, "max_df": 0.2} if len(messages) > FEW else {})).fit_transform(bodies)
    except ValueError:
        # Many bodies are alike and the others are not: each run stands in one of them alone or in more than a fifth.
        second = runs().fit_transform(bodies)
    joined = hstack([first * SUBJECT_SHARE**0.5, second * (1 - SUBJECT_SHARE) ** 0.5], format="csr")
    return joined, of_subjects.get_feature_names_out()


def clusters(vectors: csr_matrix, where: Whereabouts, days: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the number of the cluster of each row; a row alone is a cluster of its own."""
    from scipy.sparse import csr_matrix

    one, other, cosine = _nearest(vectors, where)
    like = _likeness(cosine, where, one, other)
    keep = (like >= LINK) & (np.abs(days[one] - days[other]) <= WINDOW_DAYS)
    count = vectors.shape[0]
    return _cut(vectors, where, csr_matrix((like[keep], (one[keep], other[keep])), shape=(count, count)))


def _nearest(
    vectors: csr_matrix, where: Whereabouts
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs worth looking at, with their cosine: the nearest of each row in meaning, and on the ground."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=min(NEAREST, vectors.shape[0] - 1), metric="cosine").fit(vectors)
    graph = search.kneighbors_graph(mode="distance").tocoo()
    # Where many say the same in many places, those next to one are not among its nearest in meaning.
    one, other = where.neighbours(NEAREST)
    parts = [
        np.asarray(
            vectors[one[start : start + _AT_ONCE]]
            .multiply(vectors[other[start : start + _AT_ONCE]])
            .sum(axis=1)
        ).ravel()
        for start in range(0, len(one), _AT_ONCE)
    ]
    return (
        np.concatenate([graph.row, one]).astype(np.int64),
        np.concatenate([graph.col, other]).astype(np.int64),
        np.concatenate([1 - graph.data, *parts]).astype(np.float64),
    )


def _cut(vectors: csr_matrix, where: Whereabouts, links: csr_matrix) -> NDArray[np.int64]:
    """Cut each part of the graph by average linkage."""
    from scipy.sparse.csgraph import connected_components

    _, part_of = connected_components(links, directed=False)
    labels, used = np.zeros(len(part_of), dtype=np.int64), 0
    order = np.argsort(part_of, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(part_of[order])) + 1):
        own = _average_linkage(vectors[rows], where.take(rows)) if len(rows) > 1 else np.zeros(1, np.int64)
        labels[rows] = own + used
        used += int(own.max()) + 1
    return labels


def _average_linkage(vectors: csr_matrix, where: Whereabouts) -> NDArray[np.int64]:
    from sklearn.cluster import AgglomerativeClustering

    cosine = np.asarray((vectors @ vectors.T).todense(), dtype=np.float64)
    rows = np.arange(vectors.shape[0])
    far = 1 - _likeness(cosine, where, rows[:, None], rows[None, :])
    np.fill_diagonal(far, 0)
    model = AgglomerativeClustering(
        None, metric="precomputed", linkage="average", distance_threshold=1 - TOGETHER
    )
    return np.asarray(model.fit_predict(far), dtype=np.int64)


def _likeness(
    cosine: NDArray[np.float64], where: Whereabouts, one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the cosine, lessened by distance."""
    return np.clip(cosine * where.nearness(one, other), 0, 1)


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
