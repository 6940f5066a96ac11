"""One frame for many photos: loops close."""

from __future__ import annotations

import numpy as np
import pytest

from tongqu.systems.timeline.analytics.registration.graph import (
    Link,
    chained,
    common_frame,
    link_error,
    link_of,
)
from tongqu.systems.timeline.analytics.registration.matching import moved
from tongqu.systems.timeline.analytics.registration.pictures import picture_of
from tongqu.systems.timeline.analytics.registration.register import register
from tongqu.systems.timeline.tests.pictures import ground, seen_through, turned

CORNERS = np.array([[0.0, 0], [4000, 0], [0, 3000], [4000, 3000], [2000, 1500]])


def ring(rng: np.random.Generator, count: int = 12) -> list[np.ndarray]:
    """The true frames of photos taken around a circle, in pixels of the first."""
    frames = []
    for n in range(count):
        angle, turn = n * 2 * np.pi / count, 0.1 * rng.normal()
        c, s = np.cos(turn), np.sin(turn)
        lean = 1e-5 * rng.normal(size=2)
        frames.append(np.array([[c, -s, 2500 * np.cos(angle)], [s, c, 2500 * np.sin(angle)], [*lean, 1.0]]))
    return [(one := np.linalg.inv(frames[0]) @ frame) / one[2, 2] for frame in frames]


def linked(rng: np.random.Generator, frames: list[np.ndarray], i: int, j: int) -> Link | None:
    """Points in common, each link with its own small bias, as lens and relief give it."""
    p = rng.uniform((0, 0), (4000, 3000), (150, 2))
    q = moved(p, np.linalg.inv(frames[j]) @ frames[i])
    seen = ((q > 0) & (q < (4000, 3000))).all(axis=1)
    if seen.sum() < 15:
        return None
    p, q = p[seen], q[seen]
    bias = rng.normal(0, 1.5, 2) + (q - (2000, 1500)) @ rng.normal(0, 4e-4, (2, 2))
    return Link(i, j, p, q + bias + rng.normal(0, 0.5, q.shape))


def drift(found: list[np.ndarray | None], true: list[np.ndarray]) -> float:
    return max(
        float(np.median(np.linalg.norm(moved(CORNERS, one) - moved(CORNERS, t), axis=1)))
        for one, t in zip(found, true, strict=True)
        if one is not None
    )


@pytest.mark.parametrize("seed", range(2))
def test_a_ring_of_photos_closes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = ring(rng)
    links = [link for i in range(12) for j in range(i + 1, 12) if (link := linked(rng, frames, i, j))]
    frame = common_frame(12, links)
    chain = chained(12, [link for link in links if link.b == link.a + 1], 0)
    closing = next(link for link in links if (link.a, link.b) == (0, 11))
    assert link_error(closing, frame.homographies) < 0.5 * link_error(closing, chain)
    assert frame.worst_px < frame.chain_worst_px


def test_the_frame_lies_nearer_the_truth_than_the_chain() -> None:
    """Over many rings: in a single one the chain's errors can cancel by chance."""
    ours, chains = [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        frames = ring(rng)
        links = [link for i in range(12) for j in range(i + 1, 12) if (link := linked(rng, frames, i, j))]
        ours.append(drift(common_frame(12, links).homographies, frames))
        chains.append(drift(chained(12, [link for link in links if link.b == link.a + 1], 0), frames))
    assert np.mean(ours) < 0.8 * np.mean(chains)


def test_a_wrong_link_does_not_bend_the_frame() -> None:
    rng = np.random.default_rng(9)
    frames = ring(rng)
    links = [link for i in range(12) for j in range(i + 1, 12) if (link := linked(rng, frames, i, j))]
    wrong = Link(0, 6, CORNERS, CORNERS + 900)
    assert drift(common_frame(12, [*links, wrong]).homographies, frames) < 15


def test_photos_without_a_link_have_no_place() -> None:
    link = Link(0, 1, CORNERS, CORNERS - 10)
    frame = common_frame(4, [link, Link(2, 3, CORNERS, CORNERS)])
    assert [one is None for one in frame.homographies] == [False, False, True, True]
    assert link_error(Link(2, 3, CORNERS, CORNERS), frame.homographies) == float("inf")
    assert common_frame(2, []).error_px == 0


def test_the_reference_may_be_any_photo() -> None:
    frame = common_frame(2, [Link(0, 1, CORNERS, CORNERS - 10)], reference=1)
    assert np.array_equal(frame.homographies[1], np.eye(3))
    assert frame.homographies[0][:2, 2] == pytest.approx([-10, -10], abs=1e-3)


def test_registrations_become_links() -> None:
    place = ground()
    pair = picture_of(place), seen_through(place, turned(0, 1, 25, 0))
    link = link_of(3, 4, pair, register(*pair))
    assert link is not None
    assert link.at_b - link.at_a == pytest.approx(np.tile([25.0, 0.0], (len(link.at_a), 1)), abs=1)
    strangers = picture_of(place), picture_of(ground(2))
    assert link_of(0, 1, strangers, register(*strangers)) is None
