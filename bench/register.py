"""Registers real photos: by pair, by overlap, and pairs that must be refused, beside plain ORB with RANSAC.

    .venv/bin/python bench/register.py [--data ../shared/data] [--crops 12]

The photos are read from the folder of shared data (12 photos of one flight, frames and photos of a square and two streets);
without it nothing can be measured. The peer is ORB at the same size with as many features, ratio test, and OpenCV's RANSAC;
it "accepts" from 12 inliers on, as ours does. Milliseconds are wall and processor time of one pair, after one pair to warm
up: all of it; what is worked out once for each photo ("photos": decoding, features, even light, two photos on two threads);
and what each further pair of such photos costs ("pair"). Crops: windows of two photos laid so that they share a part of
their ground. Truth are the places that were measured patch by patch in the whole photos, where at least eight lie in both
windows; a success is accepted and off by less than 1 % of the window's width there (median, with the warp that it found).
Held-back residuals are of matches that the fit never saw.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongqu.systems.timeline.analytics.registration.features import Points, features_of  # noqa: E402
from tongqu.systems.timeline.analytics.registration.graph import (  # noqa: E402
    chained,
    common_frame,
    link_error,
    link_of,
)
from tongqu.systems.timeline.analytics.registration.matching import Homography, moved  # noqa: E402
from tongqu.systems.timeline.analytics.registration.pictures import (  # noqa: E402
    Picture,
    picture_of,
    read_picture,
)
from tongqu.systems.timeline.analytics.registration.quality import seen  # noqa: E402
from tongqu.systems.timeline.analytics.registration.refine import bring_together, measure  # noqa: E402
from tongqu.systems.timeline.analytics.registration.register import (  # noqa: E402
    EFFORTS,
    MEASURING_PX,
    Registration,
    prepared,
    register,
)
from tongqu.systems.timeline.analytics.registration.warp import LocalWarp, warped  # noqa: E402

SHARES = (0.8, 0.6, 0.4, 0.3, 0.2, 0.1)
PLACES = ("DJI-00760-00001.jpg", "DJI_0005-0018.jpg", "DJI_0010.JPG", "DJI_0012.JPG", "MOS74.png", "MunichStreet02-MOS74.png")  # fmt: skip
LEAST_KNOWN = 8


@dataclass(frozen=True)
class Pair:
    """Two photos, how they were registered, and points of A with where they were measured in B."""

    a: Picture
    b: Picture
    homography: Homography
    warp: LocalWarp | None
    there: Points
    here: Points


def pair_of(a: Picture, b: Picture) -> Pair | None:
    """Register two photos and measure all features of A in B, each for itself."""
    found = register(a, b)
    if not found.accepted or found.homography is None:
        return None
    points = features_of(a, EFFORTS[-1].long_side, EFFORTS[-1].most).points
    starts = warped(points, found.homography, found.warp)
    inside = (starts > 0).all(axis=1) & (starts[:, 0] < b.width) & (starts[:, 1] < b.height)
    together = bring_together(a, b, found.homography, 2 * MEASURING_PX)
    known = measure(together, points[inside], starts[inside])
    return Pair(a, b, found.homography, found.warp, known.a, known.b)


def itself(one: Picture) -> Pair:
    """A photo and itself."""
    x, y = np.meshgrid(np.arange(20, one.width, 40.0), np.arange(20, one.height, 40.0))
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    return Pair(one, one, np.eye(3), None, grid, grid)


def ours(a: Picture, b: Picture) -> tuple[bool, Homography | None, LocalWarp | None]:
    """Our registration, without a guess."""
    found = register(a, b)
    return found.accepted, found.homography, found.warp


def peer(a: Picture, b: Picture) -> tuple[bool, Homography | None, LocalWarp | None]:
    """ORB with a ratio test and RANSAC, which has no warp."""
    return (*orb(a, b), None)


def orb(a: Picture, b: Picture) -> tuple[bool, Homography | None]:
    """ORB with a ratio test and RANSAC at our first working size."""
    found = []
    for one in (a, b):
        small, scale = one.at_size(EFFORTS[0].long_side)
        keys, words = cv2.ORB.create(EFFORTS[0].most, fastThreshold=5).detectAndCompute(small, None)
        found.append((np.array([k.pt for k in keys]) * scale, words, scale))
    (pa, wa, _), (pb, wb, scale) = found
    if wa is None or wb is None or len(pb) < 2:
        return False, None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(wa, wb, k=2)
    kept = [m for m, n in pairs if m.distance < 0.85 * n.distance]
    if len(kept) < 4:
        return False, None
    cv2.setRNGSeed(7)
    h, inside = cv2.findHomography(
        pa[[m.queryIdx for m in kept]], pb[[m.trainIdx for m in kept]], cv2.RANSAC, 1.5 * scale
    )
    return h is not None and int(inside.sum()) >= 12, None if h is None else np.asarray(h, np.float64)


def number(value: float | None, digits: int = 2) -> str:
    """A number or a dash."""
    return "-" if value is None else f"{value:.{digits}f}"


def pairs_table(photos: list[Path]) -> list[Registration]:
    """Print each consecutive pair; return the registrations."""
    from tongqu.systems.timeline.analytics.registration.poses import guess_between
    from tongqu.systems.timeline.analytics.views import view_of
    from tongqu.systems.timeline.queries.files import shot_in

    print(
        f"\n{'pair':<14}{'accepted':>9}{'inliers':>8}{'px':>6}{'held back':>11}{'px':>6}{'plane px':>9}"
        f"{'held px':>8}{'overlap':>8}{'pose m':>8}{'ms':>6}{'cpu':>6}{'photos':>7}{'pair':>6}{'ORB':>5}{'ORB off':>8}"
    )
    results = []
    for one, other in pairwise(photos):
        data = [one.read_bytes(), other.read_bytes()]
        views = [view_of(shot_in(d, p.name)) for d, p in zip(data, (one, other), strict=True)]
        wall, cpu = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(2) as both:
            a, b = both.map(prepared, data)
        ready = time.perf_counter()
        found = register(a, b)
        wall_ms, cpu_ms = (time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3
        led = register(a, b, guess_between(views[0], views[1]))
        accepted, plain = orb(a, b)
        off = None if plain is None or found.homography is None else apart(a, b, plain, found.homography)
        edited = "*" if views[0].shot.edited_with or views[1].shot.edited_with else " "
        print(
            f"{one.stem[-4:]}-{other.stem[-4:]:<9}{found.accepted!s:>9}{found.residual.inliers:>8}"
            f"{number(found.residual.inlier_px):>6}{found.residual.held_back_agreeing:>6} of {found.residual.held_back:<2}"
            f"{number(found.residual.held_back_px):>5}{number(found.plain.inlier_px):>9}"
            f"{number(found.plain.held_back_px):>8}{number(found.overlap):>8}"
            f"{number(led.metres(led.pose_error_px), 1):>7}{edited}{wall_ms:>6.0f}{cpu_ms:>6.0f}"
            f"{(ready - wall) * 1e3:>7.0f}{wall_ms - (ready - wall) * 1e3:>6.0f}{'yes' if accepted else 'no':>5}{number(off, 1):>8}"
        )
        results.append(found)
    print("* tags of an edited photo: it was turned after it was taken, and its tags were not")
    return results


def apart(
    a: Picture,
    b: Picture,
    one: Homography,
    other: Homography,
) -> float:
    """How far apart two homographies put the common ground, median pixels."""
    grid, common = seen(a, b, other)
    if not common.any():
        return float("inf")
    return float(np.median(np.linalg.norm(moved(grid[common], one) - moved(grid[common], other), axis=1)))


def shifted(dx: float, dy: float) -> Homography:
    """A shift."""
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class Crop:
    """Windows of two photos, and points of the one with where they are in the other."""

    a: Picture
    b: Picture
    there: Points
    here: Points


def crops(pair: Pair, share: float, rng: np.random.Generator) -> Crop | None:
    """Windows of both that share about this part of their ground, with enough known points in both."""
    w, h = int(pair.a.width * 0.4), int(pair.a.height * 0.4)
    for _ in range(400):
        x, y = rng.uniform(0, pair.a.width - w), rng.uniform(0, pair.a.height - h)
        along = rng.integers(2)
        step = np.array([(1 - share) * w * rng.choice([-1, 1]), 0.0]) if along else np.array([0.0, (1 - share) * h * rng.choice([-1, 1])])  # fmt: skip
        middle = warped(np.array([[x + w / 2, y + h / 2]]) + step, pair.homography, pair.warp)[0]
        u, v = middle[0] - w / 2, middle[1] - h / 2
        if not (0 <= u <= pair.b.width - w and 0 <= v <= pair.b.height - h):
            continue
        x, y, u, v = (int(value) for value in (x, y, u, v))
        there, here = pair.there - (x, y), pair.here - (u, v)
        both = ((there >= 0) & (there < (w, h)) & (here >= 0) & (here < (w, h))).all(axis=1)
        if both.sum() < LEAST_KNOWN:
            continue
        one, other = pair.a.grey[y : y + h, x : x + w], pair.b.grey[v : v + h, u : u + w]
        return Crop(picture_of(one.copy()), picture_of(other.copy()), there[both], here[both])
    return None


def relit(picture: Picture, rng: np.random.Generator) -> Picture:
    """Another exposure, contrast and noise."""
    values = (picture.grey / 255.0) ** rng.uniform(0.5, 1.8) * rng.uniform(150, 300) + rng.uniform(-30, 30)
    noisy = values + rng.normal(0, 4, values.shape)
    return picture_of(np.clip(noisy, 0, 255).astype(np.uint8))


def bent(picture: Picture, rng: np.random.Generator) -> tuple[Picture, Homography]:
    """The picture turned, scaled and tilted by chance, and the homography to it."""
    w, h = picture.width, picture.height
    turn, scale = rng.uniform(0, 2 * np.pi), rng.uniform(0.7, 1.4)
    c, s = np.cos(turn) * scale, np.sin(turn) * scale
    lean = rng.uniform(-0.25, 0.25, 2) / max(w, h)
    about = np.array([[c, -s, 0], [s, c, 0], [lean[0], lean[1], 1.0]])
    full = shifted(w / 2, h / 2) @ about @ shifted(-w / 2, -h / 2)
    return picture_of(np.asarray(cv2.warpPerspective(picture.grey, full, (w, h)), np.uint8)), full


def overlaps_table(pairs: list[Pair], count: int, *, change: bool, title: str) -> None:
    """Print the successes by overlap share."""
    print(f"\n{title}\n{'overlap':<10}{'crops':>6}{'ours':>8}{'wrong':>7}{'ORB':>8}{'wrong':>7}")
    rng = np.random.default_rng(11)
    for share in SHARES:
        tally = {"ours": [0, 0], "ORB": [0, 0]}
        made = 0
        for turn in range(4 * count):
            cut = crops(pairs[turn % len(pairs)], share, rng)
            if cut is None or made == count:
                continue
            made += 1
            if change:
                other, by = bent(relit(cut.b, rng), rng)
                cut = replace(cut, b=other, here=moved(cut.here, by))
            for name, align in (("ours", ours), ("ORB", peer)):
                accepted, found, warp = align(cut.a, cut.b)
                good = accepted and found is not None and off_by(cut, found, warp) < 0.01 * cut.a.width
                tally[name][0] += good
                tally[name][1] += accepted and not good
        print(
            f"{share:<10.0%}{made:>6}{tally['ours'][0] / made:>8.0%}{tally['ours'][1]:>7}"
            f"{tally['ORB'][0] / made:>8.0%}{tally['ORB'][1]:>7}",
            flush=True,
        )


def off_by(cut: Crop, homography: Homography, warp: LocalWarp | None) -> float:
    """How far off a registration is where the truth is known, median pixels."""
    return float(np.median(np.linalg.norm(warped(cut.there, homography, warp) - cut.here, axis=1)))


def negatives(pictures: dict[str, Picture]) -> Iterator[tuple[str, Picture, Picture]]:
    """Pairs that share no ground, or one of which is mirrored, or that show a pattern."""
    group = {n: n[:3] if not n.startswith("DJI") or n.endswith("beach") else "square" for n in pictures}
    for x, y in combinations(pictures, 2):
        if group[x] != group[y] and not (x.endswith("beach") and y.endswith("beach")):
            yield "other places", pictures[x], pictures[y]
    for name, one in pictures.items():
        w, h = one.grey.shape[1] // 2, one.grey.shape[0] // 2
        cut = np.ascontiguousarray
        if not name.startswith("MOS"):
            yield "halves", picture_of(cut(one.grey[:, : w - 20])), picture_of(cut(one.grey[:, w + 20 :]))
            yield "halves", picture_of(cut(one.grey[: h - 20])), picture_of(cut(one.grey[h + 20 :]))
        yield "mirrored", one, picture_of(cut(one.grey[:, ::-1]))
    for n in range(12):
        yield "patterns", pattern(n, 0), pattern(n, 1)


def pattern(kind: int, part: int) -> Picture:
    """Waves, sand or roof tiles: the same kind of texture, two stretches of it that share nothing."""
    rng = np.random.default_rng([kind, part])
    y, x = np.mgrid[0:900, 0:1600].astype(np.float32)
    x += 5000 * part
    grain = cv2.GaussianBlur(rng.normal(0, 1, (900, 1600)).astype(np.float32), (0, 0), 1 + kind % 3)
    grain /= grain.std()
    waves = np.sin(x / (9 + kind) + np.sin(y / 40) * 2) * 40 * (kind % 3 != 1)
    tiles = ((x % 24 < 3) | (y % 36 < 3)) * 60.0 * (kind % 3 == 2)
    return picture_of(np.clip(128 + waves + tiles + grain * 12, 0, 255).astype(np.uint8))


def loop_table(beach: list[Picture]) -> None:
    """Register all pairs, put the photos into one frame, and print how far loops are from closing."""
    links = []
    for i, j in combinations(range(len(beach)), 2):
        link = link_of(i, j, (beach[i], beach[j]), register(beach[i], beach[j]))
        if link is not None:
            links.append(link)
    row = [link for link in links if link.b == link.a + 1]
    frame = common_frame(len(beach), links)
    chain = chained(len(beach), row, 0)
    rest = [link for link in links if link.b != link.a + 1]
    print(
        f"\n{len(links)} of {len(beach) * (len(beach) - 1) // 2} pairs registered; {len(rest)} close a loop over the chain"
    )
    print(f"{'how far the points of those are apart, px':<46}{'median':>8}{'worst':>8}")
    for name, found in (("chain of consecutive pairs", chain), ("common frame", frame.homographies)):
        gaps = [link_error(link, found) for link in rest]
        print(f"{name:<46}{np.median(gaps):>8.1f}{max(gaps):>8.1f}")
    held_gaps = []
    for n, link in enumerate(rest):
        if n % 4 == 0:
            without = [one for one in links if all(one is not out for out in rest[::4])]
            held_gaps.append(link_error(link, common_frame(len(beach), without).homographies))
    print(
        f"{'common frame, on pairs that it never saw':<46}{np.median(held_gaps):>8.1f}{max(held_gaps):>8.1f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--crops", type=int, default=12)
    parser.add_argument("--only", choices=("pairs", "overlaps", "loop", "negatives"))
    chosen = parser.parse_args()
    photos = sorted((chosen.data / "photos" / "brighton_beach").glob("*.JPG"))
    if len(photos) < 2:
        sys.exit(f"There are no photos in {chosen.data}; name the folder of shared data with --data.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings_test")
    import django

    django.setup()
    print(f"OpenCV {cv2.__version__}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    beach = [read_picture(path.read_bytes()) for path in photos]
    register(beach[0], beach[1])
    if chosen.only in (None, "pairs"):
        pairs_table(photos)
    others = {
        name: read_picture((chosen.data / "aerial_vehicles" / name).read_bytes())
        for name in PLACES
        if (chosen.data / "aerial_vehicles" / name).exists()
    }
    if chosen.only in (None, "overlaps"):
        real = [pair for pair in (pair_of(a, b) for a, b in pairwise(beach[5:])) if pair is not None]
        overlaps_table(
            real, chosen.crops, change=False, title="Crops of consecutive photos (windows of 1600 × 900)"
        )
        same = [itself(one) for one in (*others.values(), *beach[::3])]
        overlaps_table(
            same,
            chosen.crops,
            change=True,
            title="Crops of one photo, the second relit, turned, scaled and tilted",
        )
    if chosen.only in (None, "loop"):
        loop_table(beach)
    if chosen.only in (None, "negatives"):
        named = others | {
            f"{path.stem}beach": one for path, one in zip(photos[::3], beach[::3], strict=False)
        }
        tally: dict[str, list[int]] = {}
        for kind, a, b in negatives(named):
            row = tally.setdefault(kind, [0, 0, 0])
            row[0] += 1
            row[1] += ours(a, b)[0]
            row[2] += peer(a, b)[0]
        print(f"\n{'must be refused':<18}{'pairs':>6}{'ours accepts':>14}{'ORB accepts':>13}")
        for kind, (count, mine, theirs) in tally.items():
            print(f"{kind:<18}{count:>6}{mine:>14}{theirs:>13}")


if __name__ == "__main__":
    main()
