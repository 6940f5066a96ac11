"""Registration of two photos of a place: `register(a, b)` says which pixel of A is which pixel of B, and how surely."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from tongqu.systems.timeline.analytics.registration.estimate import Estimate, estimate, plane
from tongqu.systems.timeline.analytics.registration.features import Features, features_of
from tongqu.systems.timeline.analytics.registration.matching import (
    Homography,
    Matches,
    held_back,
    matched,
    moved,
)
from tongqu.systems.timeline.analytics.registration.pictures import Picture
from tongqu.systems.timeline.analytics.registration.quality import (
    WORDS,
    Reason,
    Residual,
    overlap_of,
    residual_of,
    seen,
    verdict,
)
from tongqu.systems.timeline.analytics.registration.refine import Measured, bring_together, measure
from tongqu.systems.timeline.analytics.registration.warp import LocalWarp, fit_warp

MEASURING_PX = 2000
"""Longer side at which patches are measured; a pixel there is measured to some tenths."""
GATE_PX = 3.0
COARSE_GATE = 1.5
"""Gate of the features, in pixels of the size they were found at."""
GUIDED_REACH = 10.0
ENOUGH = 24
MOST_POINTS = 700
POSE_FACTOR = 3.0


@dataclass(frozen=True)
class Effort:
    """At which size features are looked for, and how many are kept."""

    long_side: int
    most: int


EFFORTS = (Effort(640, 1500), Effort(1000, 3000), Effort(1600, 5000))


@dataclass(frozen=True)
class Guess:
    """Where the poses put A's pixels in B, how far off that may be (pixels of B), and metres to a pixel of B."""

    homography: Homography
    error_px: float
    metres_per_px: float | None = None


@dataclass(frozen=True)
class Registration:
    """Which pixel of A is which of B. Pixels are those of the whole upright photos, (0, 0) the middle of the first.

    `by` says where the homography is from: "picture", or "pose" where the pictures could not be registered and only
    the poses are left, or "" where there is none. Residuals are medians in pixels of B; `plain` are those of the
    homography alone, `residual` those with the warp (the same where there is no warp).
    """

    reason: Reason
    homography: Homography | None
    by: str
    warp: LocalWarp | None = field(repr=False)
    matches: int
    residual: Residual
    plain: Residual
    overlap: float | None
    pose_error_px: float | None
    metres_per_px: float | None
    effort: Effort

    @property
    def accepted(self) -> bool:
        """Whether the pictures themselves were registered."""
        return self.reason == Reason.REGISTERED

    @property
    def words(self) -> str:
        """The reason as a sentence."""
        return WORDS[self.reason]

    def metres(self, pixels: float | None) -> float | None:
        """Return pixels of B in metres on the ground, where that is known."""
        return None if pixels is None or self.metres_per_px is None else pixels * self.metres_per_px


@dataclass(frozen=True)
class _Draft:
    """A first homography, the matches it stands on and those held back from it."""

    a: Features
    b: Features
    fit: Matches
    checks: Matches
    found: Estimate


_NOTHING = Residual(0, None, 0, 0, None)


def register(a: Picture, b: Picture, guess: Guess | None = None) -> Registration:
    """Register two photos; the same photos give the same result.

    Features at a small size give a first homography, patches measured at a large one the exact homography and, where
    the ground is not flat, a warp. Where that is not good enough, more features at larger sizes are tried, led by what
    was found so far. A quarter of the features is held back and only checks the result.
    """
    best: Registration | None = None
    lead = guess
    for effort in EFFORTS:
        draft = _draft(a, b, effort, lead)
        now = _finished(a, b, draft, effort, guess)
        if best is None or _rank(now) > _rank(best):
            best = now
        if best.accepted and best.residual.inliers >= ENOUGH:
            break
        if draft is not None and draft.found.count >= 8:
            reach = GUIDED_REACH * a.long_side / effort.long_side
            lead = Guess(draft.found.homography, reach)
    assert best is not None  # noqa: S101 - there is at least one effort
    return best


def _rank(one: Registration) -> tuple[bool, int, int]:
    return one.accepted, one.residual.inliers, one.matches


def _draft(a: Picture, b: Picture, effort: Effort, lead: Guess | None) -> _Draft | None:
    with ThreadPoolExecutor(2) as both:
        fa, fb = both.map(lambda one: features_of(one, effort.long_side, effort.most), (a, b))
    gate = COARSE_GATE * b.long_side / effort.long_side
    drafts = [_drafted(fa, fb, gate, None)]
    if lead is not None:
        drafts.append(_drafted(fa, fb, gate, lead))
    found = [one for one in drafts if one is not None]
    return max(found, key=lambda one: one.found.count, default=None)


def _drafted(fa: Features, fb: Features, gate: float, lead: Guess | None) -> _Draft | None:
    pairs = matched(fa, fb) if lead is None else matched(fa, fb, lead.homography, lead.error_px + gate)
    aside = held_back(fa)[pairs.a]
    fit, checks = pairs.only(~aside), pairs.only(aside)
    found = estimate(fa, fb, fit, gate)
    return None if found is None else _Draft(fa, fb, fit, checks, found)


def _finished(
    a: Picture, b: Picture, draft: _Draft | None, effort: Effort, guess: Guess | None
) -> Registration:
    if draft is None or draft.found.count < 6:
        return _refused(a, b, Reason.FEW_MATCHES, draft, effort, guess)
    fitted, checks = _measured(a, b, draft)
    scale = max(1.0, b.long_side / MEASURING_PX / 2)
    gate = GATE_PX * scale
    homography = plane(fitted.a, fitted.b, gate) if len(fitted) >= 8 else None
    if homography is None:
        return _refused(a, b, Reason.FEW_MEASURED, draft, effort, guess)
    warp = fit_warp(fitted, homography, (a.width, a.height), gate)
    overlap = overlap_of(a, b, homography)
    off_pose = _pose_error(a, b, homography, guess)
    against = guess is not None and off_pose is not None and off_pose > POSE_FACTOR * guess.error_px
    residual = residual_of(fitted, checks, homography, warp, gate)
    reason = verdict(draft.found.count, residual, overlap, against, scale)
    if reason != Reason.REGISTERED:
        return _refused(a, b, reason, draft, effort, guess, residual)
    return Registration(
        reason, homography, "picture", warp, draft.found.count, residual,
        residual_of(fitted, checks, homography, None, gate), overlap, off_pose,
        None if guess is None else guess.metres_per_px, effort,
    )  # fmt: skip


def _measured(a: Picture, b: Picture, draft: _Draft) -> tuple[Measured, Measured]:
    """Return the patches measured for the fit, and the held-back ones, each searched from its own match."""
    pair = bring_together(a, b, draft.found.homography, MEASURING_PX)
    points = draft.a.points
    starts = moved(points, draft.found.homography)
    inside = (starts > 0).all(axis=1) & (starts[:, 0] < b.width) & (starts[:, 1] < b.height)
    use = np.flatnonzero(inside & ~held_back(draft.a))
    starts[draft.fit.a[draft.found.inliers]] = draft.b.points[draft.fit.b[draft.found.inliers]]
    use = use[np.unique(np.linspace(0, len(use) - 1, min(MOST_POINTS, len(use))).astype(int))]
    fitted = measure(pair, points[use], starts[use])
    return fitted, measure(pair, points[draft.checks.a], draft.b.points[draft.checks.b])


def _pose_error(a: Picture, b: Picture, homography: Homography, guess: Guess | None) -> float | None:
    """Return how far the poses are off, as the median over the ground that both show, in pixels of B."""
    if guess is None:
        return None
    grid, common = seen(a, b, homography)
    if not common.any():
        return None
    off = moved(grid[common], guess.homography) - moved(grid[common], homography)
    return float(np.median(np.linalg.norm(off, axis=1)))


def _refused(
    a: Picture,
    b: Picture,
    reason: Reason,
    draft: _Draft | None,
    effort: Effort,
    guess: Guess | None,
    residual: Residual = _NOTHING,
) -> Registration:
    """Return the refusal, with the overlay by pose alone where there are poses."""
    count = 0 if draft is None else draft.found.count
    if guess is None:
        return Registration(reason, None, "", None, count, residual, residual, None, None, None, effort)
    overlap = overlap_of(a, b, guess.homography)
    return Registration(
        reason, guess.homography, "pose", None, count, residual, residual, overlap, None,
        guess.metres_per_px, effort,
    )  # fmt: skip
