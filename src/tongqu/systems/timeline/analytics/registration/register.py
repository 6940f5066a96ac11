"""Registration of two photos of a place: `register(a, b)` says which pixel of A is which pixel of B, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

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
from tongqu.systems.timeline.analytics.registration.pictures import Picture, read_picture
from tongqu.systems.timeline.analytics.registration.quality import (
    LEAST_DEVIATION_PX,
    MANY_MATCHES,
    WORDS,
    Evidence,
    Reason,
    Residual,
    cover_of,
    drift_of,
    likeness_of,
    offsets,
    overlap_of,
    residual_of,
    seen,
    verdict,
)
from tongqu.systems.timeline.analytics.registration.refine import Measured, bring_together, lit, tracked
from tongqu.systems.timeline.analytics.registration.threads import one_thread
from tongqu.systems.timeline.analytics.registration.tilt import STRONG, back_in_b, drawn_for, stretch
from tongqu.systems.timeline.analytics.registration.warp import LocalWarp, fit_warp

MEASURING_PX = 2000
"""Longer side at which patches are measured; a pixel there is measured to some tenths."""
GATE_PX = 3.0
COARSE_GATE = 1.5
"""Gate of the features, in pixels of the size they were found at."""
GUIDED_REACH = 10.0
ENOUGH = 24
LEAST_LEAD = 6
LEAST_HOPE = 4
"""Below this many matches at both smaller sizes the largest is not tried: pairs that share no ground reach 3."""
MOST_POINTS = 700
POSE_FACTOR = 3.0


@dataclass(frozen=True)
class Effort:
    """At which size features are looked for, and how many are kept."""

    long_side: int
    most: int


EFFORTS = (Effort(560, 1500), Effort(1000, 3000), Effort(1600, 5000))
QUICK = EFFORTS[:1]
"""The first size only: enough for nine pairs in ten that have a third or more in common."""


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


@dataclass(frozen=True)
class _Patches:
    """Patches measured for the fit and for the check, and how many were looked for."""

    fitted: Measured
    checks: Measured
    sought: int


_NOTHING = Residual(0, None, 0, 0, None)


def prepared(data: bytes) -> Picture:
    """Read a photo for registration, with all that each of its pairs will need; raises `PictureUnreadable`."""
    picture = read_picture(data, MEASURING_PX)
    features_of(picture, EFFORTS[0].long_side, EFFORTS[0].most)
    lit(picture, MEASURING_PX)
    return picture


@one_thread()
def register(
    a: Picture, b: Picture, guess: Guess | None = None, efforts: Sequence[Effort] = EFFORTS
) -> Registration:
    """Register two photos; the same photos give the same result.

    Features at a small size give a first homography, patches measured at a large one the exact homography and, where
    the ground is not flat, a warp. Where that is not good enough, more features at larger sizes are tried, led by what
    was found so far. A quarter of the features is held back and only checks the result.
    """
    results: list[Registration] = []
    lead = guess
    for effort in efforts:
        if effort is EFFORTS[-1] and max(one.matches for one in results) < LEAST_HOPE:
            break
        draft = _draft(a, b, effort, lead)
        now = _finished(a, b, draft, effort, guess)
        results.append(now)
        if now.accepted and now.residual.inliers >= ENOUGH:
            break
        if draft is not None and draft.found.count >= LEAST_LEAD:
            lead = Guess(draft.found.homography, GUIDED_REACH * b.long_side / effort.long_side)
    return max(results, key=lambda one: (one.accepted, one.residual.inliers, one.matches))


def _draft(a: Picture, b: Picture, effort: Effort, lead: Guess | None) -> _Draft | None:
    """Return the better of a first homography without and with what leads to it."""
    drawn = lead is not None and stretch(lead.homography, a) > STRONG
    others = [b, drawn_for(a, b, lead.homography, effort.long_side)] if drawn and lead is not None else [b]
    with ThreadPoolExecutor(2) as both:
        fa, *fb = both.map(lambda one: features_of(one, effort.long_side, effort.most), [a, *others])
    gate = COARSE_GATE * b.long_side / effort.long_side
    drafts = [_drafted(fa, fb[0], gate, None)]
    if drafts[0] is not None and drafts[0].found.count >= MANY_MATCHES:
        return drafts[0]
    if lead is not None:
        drafts.append(_drafted(fa, fb[0], gate, lead))
    if drawn and lead is not None:
        drafts.append(_drawn_draft(fa, fb[1], COARSE_GATE * a.long_side / effort.long_side, lead.homography))
    found = [one for one in drafts if one is not None]
    return max(found, key=lambda one: one.found.count, default=None)


def _drafted(fa: Features, fb: Features, gate: float, lead: Guess | None) -> _Draft | None:
    pairs = matched(fa, fb) if lead is None else matched(fa, fb, lead.homography, lead.error_px + gate)
    aside = held_back(fa)[pairs.a]
    fit, checks = pairs.only(~aside), pairs.only(aside)
    found = estimate(fa, fb, fit, gate)
    return None if found is None else _Draft(fa, fb, fit, checks, found)


def _drawn_draft(fa: Features, fb: Features, gate: float, homography: Homography) -> _Draft | None:
    """Return a draft from features of B as A's camera would see it, put back into B."""
    draft = _drafted(fa, fb, gate, None)
    if draft is None:
        return None
    found = Estimate(homography @ draft.found.homography, draft.found.inliers)
    return replace(draft, b=back_in_b(fb, homography), found=found)


def _finished(
    a: Picture, b: Picture, draft: _Draft | None, effort: Effort, guess: Guess | None
) -> Registration:
    count = 0 if draft is None else draft.found.count
    if draft is None or count < LEAST_LEAD:
        return _refused(a, b, Reason.FEW_MATCHES, count, _NOTHING, effort, guess)
    patches = _measured(a, b, draft)
    scale = max(1.0, b.long_side / MEASURING_PX / 2)
    gate = GATE_PX * scale
    homography = plane(patches.fitted.a, patches.fitted.b, gate) if len(patches.fitted) >= 8 else None
    if homography is None:
        return _refused(a, b, Reason.FEW_MEASURED, count, _NOTHING, effort, guess)
    warp = fit_warp(patches.fitted, homography, (a.width, a.height), gate)
    residual = residual_of(patches.fitted, patches.checks, homography, warp, gate)
    off_pose = _pose_error(a, b, homography, guess)
    evidence = _evidence(a, b, count, patches, homography, residual, scale)
    if guess is not None and off_pose is not None:
        evidence = replace(evidence, against_pose=off_pose > POSE_FACTOR * guess.error_px)
    reason = verdict(evidence)
    if reason != Reason.REGISTERED:
        return _refused(a, b, reason, count, residual, effort, guess)
    plain = residual_of(patches.fitted, patches.checks, homography, None, gate)
    return Registration(
        reason, homography, "picture", warp, count, residual, plain, evidence.overlap, off_pose,
        None if guess is None else guess.metres_per_px, effort,
    )  # fmt: skip


def _evidence(
    a: Picture,
    b: Picture,
    matches: int,
    patches: _Patches,
    homography: Homography,
    residual: Residual,
    scale: float,
) -> Evidence:
    off = offsets(patches.fitted, homography, None)
    near = off <= 2 * GATE_PX * scale
    grid, common = seen(a, b, homography)
    points = patches.fitted.a[near]
    # What is off by more than noise is relief, which the homography cannot follow: it counts as deviation.
    deviation = max(
        float(np.sqrt((off[near] ** 2).mean())) if len(points) else 0.0, LEAST_DEVIATION_PX * scale
    )
    drift = drift_of(points, deviation, homography, grid[common])
    return Evidence(
        matches, residual, overlap_of(a, b, homography), float(near.sum()) / max(patches.sought, 1),
        cover_of(points, a, float(common.mean())), likeness_of(a, b, homography), scale,
        drift=drift / b.long_side,
    )  # fmt: skip


def _measured(a: Picture, b: Picture, draft: _Draft) -> _Patches:
    """Return the patches measured for the fit, and the held-back ones, each searched from its own match."""
    pair = bring_together(a, b, draft.found.homography, MEASURING_PX)
    points = draft.a.points
    starts = moved(points, draft.found.homography)
    inside = (starts > 0).all(axis=1) & (starts[:, 0] < b.width) & (starts[:, 1] < b.height)
    use = np.flatnonzero(inside & ~held_back(draft.a))
    starts[draft.fit.a[draft.found.inliers]] = draft.b.points[draft.fit.b[draft.found.inliers]]
    use = use[np.unique(np.linspace(0, len(use) - 1, min(MOST_POINTS, len(use))).astype(int))]
    checks = draft.checks
    # Both in one go: each go makes the pyramids of both pictures anew.
    found, trusted = tracked(
        pair,
        np.concatenate([points[use], points[checks.a]]),
        np.concatenate([starts[use], draft.b.points[checks.b]]),
    )
    fitted = np.arange(len(trusted)) < len(use)
    return _Patches(found.only(trusted & fitted), found.only(trusted & ~fitted), len(use))


def _pose_error(a: Picture, b: Picture, homography: Homography, guess: Guess | None) -> float | None:
    """Return how far the poses are off, as the median over the ground that both show, in pixels of B."""
    grid, common = seen(a, b, homography)
    if guess is None or not common.any():
        return None
    off = moved(grid[common], guess.homography) - moved(grid[common], homography)
    return float(np.median(np.linalg.norm(off, axis=1)))


def _refused(
    a: Picture,
    b: Picture,
    reason: Reason,
    matches: int,
    residual: Residual,
    effort: Effort,
    guess: Guess | None,
) -> Registration:
    """Return the refusal, with the overlay by pose alone where there are poses."""
    if guess is None:
        return Registration(reason, None, "", None, matches, residual, residual, None, None, None, effort)
    overlap = overlap_of(a, b, guess.homography)
    return Registration(
        reason, guess.homography, "pose", None, matches, residual, residual, overlap, None,
        guess.metres_per_px, effort,
    )  # fmt: skip
