"""Finds planted changes in rendered scenes, by size and by nuisance, beside plain differencing and SSIM.

    .venv/bin/python bench/change.py [--seeds 6] [--first 9000] [--ours-only] [--without-grain]
    .venv/bin/python bench/change.py --photos FOLDER

Scenes are those of the demo, painted from seeds that nothing was tuned on (tuning used 100 to 103): one photo of the ground, and one
with four things planted (heap of rubble, shed, opened ground, paving) of small (3-8 m²), middle (12-40 m²) or large (70-220 m²)
size; in every other scene the order of the photos is turned, so that the things go. Nuisances: `none` (other noise), `light`
(other sun and weather), `shadow` (clear, sun low from the other side), `season` (May against October), `parallax` (camera
12 m aside and turned), `vehicles` (12 come and go), `all` of them but season. The second photo is laid on the first by the
true ground homography; the rows `registered` use ours instead.

A planted thing counts if half of it differs visibly (12 of 255) from the same photo without it; it is found if a third of it
is covered. A place told is right if a quarter of it lies within 3 m of a planted thing, where its shadow and cleared trees lie. Peers get the same smallest area and closing, and the threshold that was best for them on the tuning seeds:
plain differencing (grey, gain and offset matched) and scikit-image's SSIM (left out where it is not installed).

`--without-grain` leaves out the look at the grain of the ground. `--photos` compares every second pair of neighbours among real
photos of one flight, in the order of their names: taken seconds apart, so that whatever is told (but a vehicle) is none.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongqu.demo.scenes.camera import Camera, Lens  # noqa: E402
from tongqu.demo.scenes.grounds.kinds import Ground  # noqa: E402
from tongqu.demo.scenes.grounds.lay_out import lay_out  # noqa: E402
from tongqu.demo.scenes.layout import (  # noqa: E402
    Building,
    Cover,
    Layout,
    Material,
    Mound,
    Patch,
    Roof,
    Vehicle,
)
from tongqu.demo.scenes.light import Light, Season, season  # noqa: E402
from tongqu.demo.scenes.paint.picture import paint  # noqa: E402
from tongqu.demo.scenes.paint.view import View  # noqa: E402
from tongqu.demo.scenes.shapes import blob, rectangle  # noqa: E402
from tongqu.shared.evidence.analytics.tags import raw_tags  # noqa: E402
from tongqu.systems.timeline.analytics.change import detect  # noqa: E402
from tongqu.systems.timeline.analytics.change.detect import changes  # noqa: E402
from tongqu.systems.timeline.analytics.registration.pictures import picture_of, read_picture  # noqa: E402
from tongqu.systems.timeline.analytics.registration.register import register  # noqa: E402
from tongqu.systems.timeline.analytics.views import view_of  # noqa: E402
from tongqu.systems.timeline.rules.shots import shot_of  # noqa: E402

LENS = Lens(width=1100, height=825)
HEIGHT_M = 90.0
GROUNDS = (Ground.VILLAGE, Ground.SITE, Ground.FACTORY, Ground.PADDY, Ground.ORCHARD, Ground.BANK)
SIZES = {"small": (3.0, 8.0), "middle": (12.0, 40.0), "large": (70.0, 220.0)}
NUISANCES = ("none", "light", "shadow", "season", "parallax", "vehicles", "all")
LEAST_M2 = 1.5
VISIBLE = 12
NEAR_M = 3.0
TOLD = 0.3
"""Score from which a place of ours is told."""
SUMMER = datetime(2026, 5, 20, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 5, tzinfo=UTC)
NOON = Light(170.0, 62.0, 0.85, Season.GREEN)
Mask = NDArray[np.bool_]
Colours = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """Two aligned photos, what both show, and the planted things, each a mask."""

    a: Colours
    b: Colours
    common: Mask
    planted: list[Mask]
    gsd_m: float


def plant(layout: Layout, size: str, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """Put four things on the ground; return their outlines in metres."""
    rings = []
    for kind, (east, north) in enumerate(((-24, 14), (22, 16), (-22, -16), (25, -15))):
        spot = np.array([east, north]) + rng.uniform(-5, 5, 2)
        x, y = (float(value) for value in spot)
        area, angle = rng.uniform(*SIZES[size]), rng.uniform(0, 180)
        side = float(np.sqrt(area))
        if kind == 0:
            colours = ((150, 146, 140), (176, 170, 160), (128, 112, 100))
            layout.mounds.append(
                Mound(x, y, float(np.sqrt(area / np.pi)), 0.25 * side + 0.4, colours, elongation=1.0)
            )
            ring = rectangle(x, y, side, side, 0.0)
        elif kind == 1:
            ring = rectangle(x, y, side * 1.3, side / 1.3, angle)
            roof, colour = [(Roof.STEEL, (48, 104, 186)), (Roof.TILE, (150, 84, 66)), (Roof.FLAT, (196, 192, 184))][int(rng.integers(3))]  # fmt: skip
            layout.buildings.append(Building(x, y, side * 1.3, side / 1.3, angle, 3.2, roof, colour))
        elif kind == 2:
            ring = blob(rng, x, y, float(np.sqrt(area / np.pi)))
            layout.covers.append(Cover(ring, Material((168, 130, 92), 0.12, 0.12)))
        else:
            ring = rectangle(x, y, side * 1.2, side / 1.2, angle)
            layout.patches.append(Patch(ring, (186, 182, 174)))
        # What stood there is cleared.
        for n, trees in enumerate(layout.trees):
            away = np.hypot(trees.spots[:, 0] - x, trees.spots[:, 1] - y) > side * 0.8 + 2
            layout.trees[n] = replace(trees, spots=trees.spots[away])
        rings.append(ring)
    return rings


def traffic(layout: Layout, rng: np.random.Generator) -> None:
    """Let twelve vehicles stand on roads and yards, or about the middle where there are none."""
    roads = [strip for strip in layout.strips if strip.width_m >= 3.5]
    for _ in range(12):
        x, y, heading = (float(value) for value in rng.uniform((-40, -28, 0), (40, 28, 360)))
        if roads:
            road = roads[int(rng.integers(len(roads)))]
            at = int(rng.integers(len(road.points) - 1))
            start, step = road.points[at], road.points[at + 1] - road.points[at]
            aside = np.array([step[1], -step[0]]) / max(float(np.hypot(*step)), 1e-6)
            place = start + step * rng.uniform() + aside * rng.uniform(-0.3, 0.3) * road.width_m
            x, y, heading = float(place[0]), float(place[1]), float(np.degrees(np.arctan2(step[0], step[1])))
        colour = [(225, 226, 228), (40, 42, 46), (150, 36, 34), (52, 84, 140)][int(rng.integers(4))]
        layout.vehicles.append(Vehicle(x, y, heading, colour=colour))


def picture(ground: Ground, seed: int, at: datetime, light: Light, camera: Camera, change: Callable[[Layout], object], noise: int) -> Colours:  # fmt: skip
    """Paint one photo."""
    layout = lay_out(ground, seed, season(at))
    change(layout)
    return np.asarray(paint(View(camera, light, seed), layout, noise).convert("RGB"))


def conditions(nuisance: str, rng: np.random.Generator) -> tuple[Light, Camera]:
    """The light and the camera of the second photo."""
    several = nuisance == "all"
    light, camera = NOON, Camera(HEIGHT_M, 0.0, lens=LENS)
    if nuisance == "light" or several:
        clear = float(rng.choice([0.25, 0.6, 0.95]))
        light = Light(float(rng.uniform(90, 270)), float(rng.uniform(40, 70)), clear, Season.GREEN)
    if nuisance == "shadow":
        light = Light(float(rng.choice([95, 265])), 30.0, 0.95, Season.GREEN)
    if nuisance == "parallax" or several:
        aim = rng.uniform(0, 2 * np.pi)
        east, north = 12 * float(np.cos(aim)), 12 * float(np.sin(aim))
        camera = Camera(HEIGHT_M, float(rng.uniform(-25, 25)), east, north, LENS)
    return light, camera


def make(seed: int, size: str, nuisance: str, *, register_them: bool = False) -> Case | None:
    """Paint a case."""
    rng = np.random.default_rng([seed, list(SIZES).index(size), NUISANCES.index(nuisance)])
    ground = GROUNDS[seed % len(GROUNDS)]
    several = nuisance == "all"
    camera = Camera(HEIGHT_M, 0.0, lens=LENS)
    light, other = conditions(nuisance, rng)
    rings: list[NDArray[np.float64]] = []

    def changed(layout: Layout) -> None:
        rings.extend(plant(layout, size, rng))
        if nuisance == "vehicles" or several:
            traffic(layout, np.random.default_rng([seed, 5]))

    def before(layout: Layout) -> None:
        if nuisance == "vehicles" or several:
            traffic(layout, np.random.default_rng([seed, 6]))

    def unchanged(layout: Layout) -> None:
        if nuisance == "vehicles" or several:
            traffic(layout, np.random.default_rng([seed, 5]))

    a = picture(ground, seed, SUMMER, NOON, camera, before, 1)
    later = AUTUMN if nuisance == "season" else SUMMER
    b = picture(ground, seed, later, light, other, changed, 2)
    corners = np.array([[-40.0, -30], [40, -30], [40, 30], [-40, 30]])
    onto = cv2.getPerspectiveTransform(
        other.pixels(corners).astype(np.float32), camera.pixels(corners).astype(np.float32)
    )
    if register_them:
        found = register(*(picture_of(np.asarray(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY))) for one in (b, a)))
        if found.homography is None:
            return None
        onto = found.homography
    shown = np.abs(b.astype(int) - picture(ground, seed, later, light, other, unchanged, 2)).max(axis=2)
    w, h = LENS.width, LENS.height
    laid = np.asarray(cv2.warpPerspective(b, onto, (w, h)), np.uint8)
    common = cv2.warpPerspective(np.full((h, w), 255, np.uint8), onto, (w, h)) > 250
    planted = visible_things(
        rings, camera, np.asarray(cv2.warpPerspective(shown.astype(np.uint8), onto, (w, h))), common
    )
    first, second = (laid, a) if seed % 2 else (a, laid)
    return Case(first, second, common, planted, camera.ground_sample_m)


def visible_things(
    rings: list[NDArray[np.float64]], camera: Camera, shown: NDArray[np.uint8], common: Mask
) -> list[Mask]:
    """Return the planted things that both photos show and that can be seen."""
    planted = []
    for ring in rings:
        mask = np.zeros(common.shape, np.uint8)
        cv2.fillPoly(mask, [camera.pixels(ring).round().astype(np.int32)], 1)
        thing = mask > 0
        if thing.any() and thing[common].sum() > 0.8 * thing.sum() and (shown[thing] > VISIBLE).mean() > 0.5:
            planted.append(thing)
    return planted


def ours(case: Case) -> list[Mask]:
    """Places told by ours."""
    found = changes(case.a, case.b, case.gsd_m, common=case.common, least_m2=LEAST_M2)
    return [filled(one.outline, case.common.shape) for one in found if one.score >= TOLD]


def filled(outline: NDArray[np.float64], shape: tuple[int, ...]) -> Mask:
    """An outline as a mask."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [outline.round().astype(np.int32)], 1)
    return mask > 0


def difference(case: Case) -> NDArray[np.float32]:
    """Plain differencing, gain and offset matched."""
    x, y = (cv2.GaussianBlur(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 2) for one in (case.a, case.b))  # fmt: skip
    m = case.common
    y = (y - y[m].mean()) / max(y[m].std(), 1) * x[m].std() + x[m].mean()
    return np.abs(x - y) / 255


def ssim(case: Case) -> NDArray[np.float32]:
    """One less SSIM of scikit-image, on colour."""
    from skimage.metrics import structural_similarity

    _, full = structural_similarity(case.a, case.b, channel_axis=2, full=True, win_size=11)
    return cv2.GaussianBlur(1 - full.mean(axis=2).astype(np.float32), (0, 0), 3)


def told(values: NDArray[np.float32], limit: float, case: Case) -> list[Mask]:
    """Places where a map of a peer passes its threshold."""
    mask = ((values > limit) & case.common).astype(np.uint8)
    side = max(1, round(1.2 / case.gsd_m / 2)) * 2 + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    mask = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, disc), cv2.MORPH_OPEN, np.ones((3, 3)))
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(np.asarray(mask, np.uint8))
    least = LEAST_M2 / case.gsd_m**2
    return [numbers == n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] >= least]


def tally(case: Case, places: list[Mask]) -> NDArray[np.int64]:
    """Planted, found, told, right."""
    every = np.any(places, axis=0) if places else np.zeros(case.common.shape, np.bool_)
    found = sum(every[thing].mean() >= 1 / 3 for thing in case.planted)
    near = np.any(case.planted, axis=0).astype(np.uint8) if case.planted else np.zeros(every.shape, np.uint8)
    grown = cv2.dilate(near, np.ones((2 * round(NEAR_M / case.gsd_m) + 1,) * 2, np.uint8)) > 0
    right = sum(grown[place].mean() >= 0.25 for place in places)
    return np.array([len(case.planted), found, len(places), right])


def f1(counts: NDArray[np.int64]) -> float:
    """Harmonic mean of precision and recall."""
    planted, found, places, right = counts
    return 0.0 if not found or not right else 2 / (planted / found + places / right)


def methods() -> dict[str, Callable[[Case], list[Mask]]]:
    """Ours, and the peers with their best thresholds on the tuning seeds."""
    found: dict[str, Callable[[Case], list[Mask]]] = {"ours": ours}
    cases = [make(seed, size, nuisance) for seed in range(100, 104) for size in ("small", "large") for nuisance in ("none", "light", "parallax")]  # fmt: skip
    tuning = [case for case in cases if case is not None]
    for name, values, limits in (("difference", difference, np.linspace(0.05, 0.4, 8)), ("SSIM", ssim, np.linspace(0.3, 0.95, 8))):  # fmt: skip
        try:
            maps = [values(case) for case in tuning]
        except ImportError:
            print("scikit-image is not installed; its rows are left out (pip install scikit-image).")
            continue
        scores = [f1(np.sum([tally(c, told(m, limit, c)) for c, m in zip(tuning, maps, strict=True)], axis=0)) for limit in limits]  # fmt: skip
        best = float(limits[int(np.argmax(scores))])
        found[name] = lambda case, values=values, best=best: told(values(case), best, case)
    return found


def real(folder: Path, metres_per_px: float = 0.1) -> None:
    """Print what is told of pairs of real photos between which nothing changed."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg"})
    print(f"{'pair':<40}{'common m²':>10}{'told':>6}{'weak':>6}")
    for a, b in list(pairwise(files))[::2]:
        data = [path.read_bytes() for path in (a, b)]
        with Image.open(a) as picture:
            gsd_m = view_of(shot_of(raw_tags(picture), *picture.size)).footprint.gsd_m or metres_per_px
        found = register(*(read_picture(each) for each in data))
        if found.homography is None:
            print(f"{a.name + ' ' + b.name:<40} {found.reason}")
            continue
        size = np.diag([gsd_m / metres_per_px, gsd_m / metres_per_px, 1.0])
        both = [np.asarray(Image.open(path).convert("RGB")) for path in (a, b)]
        small = [cv2.resize(each, None, fx=size[0, 0], fy=size[0, 0], interpolation=cv2.INTER_AREA) for each in both]  # fmt: skip
        onto = np.linalg.inv(size @ np.asarray(found.homography) @ np.linalg.inv(size))
        w, h = small[0].shape[1], small[0].shape[0]
        laid = np.asarray(cv2.warpPerspective(small[1], onto, (w, h)), np.uint8)
        common = cv2.warpPerspective(np.full(small[1].shape[:2], 255, np.uint8), onto, (w, h)) > 250
        places = changes(np.asarray(small[0], np.uint8), laid, metres_per_px, common=common)
        strong = sum(one.score >= TOLD and not one.like_vehicle for one in places)
        print(f"{a.name + ' ' + b.name:<40}{common.sum() * metres_per_px**2:>10.0f}{strong:>6}{len(places) - strong:>6}")  # fmt: skip


def row(label: str, counts: dict[str, NDArray[np.int64]]) -> None:
    """Print precision and recall of each method."""
    cells = []
    for planted, found, places, right in counts.values():
        precision = f"{right / places:.2f}" if places else "-"
        cells.append(f"{precision:>10}{found / max(planted, 1):>7.2f}")
    print(f"{label:<26}{next(iter(counts.values()))[0]:>8}" + "".join(cells))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first", type=int, default=9000)
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--without-grain", action="store_true")
    parser.add_argument("--photos", type=Path)
    chosen = parser.parse_args()
    if chosen.without_grain:
        detect.damped = lambda found, a, b: list(found)
    if chosen.photos is not None:
        real(chosen.photos)
    else:
        drawn(chosen)


def drawn(chosen: argparse.Namespace) -> None:
    """Measure on drawn scenes and print."""
    ways = {"ours": ours} if chosen.ours_only else methods()
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    print(f"{len(seeds)} grounds, {LENS.width} × {LENS.height} pixels of {HEIGHT_M / LENS.focal_px:.3f} m, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"{'':<26}{'planted':>8}" + "".join(f"{name:>10}{'':>7}" for name in ways))
    print(f"{'nuisance, size':<26}{'':>8}" + f"{'precision':>10}{'recall':>7}" * len(ways))
    sums: dict[str, dict[str, NDArray[np.int64]]] = {}
    taken = []
    for nuisance in NUISANCES:
        for size in SIZES:
            counts = {name: np.zeros(4, np.int64) for name in ways}
            for seed in seeds:
                case = make(seed, size, nuisance)
                assert case is not None
                for name, way in ways.items():
                    start = time.process_time()
                    counts[name] = counts[name] + tally(case, way(case))
                    taken += [time.process_time() - start] if name == "ours" else []
            row(f"{nuisance}, {size}", counts)
            for key in (f"every {size}", f"every size, {nuisance}"):
                for name, value in counts.items():
                    kept = sums.setdefault(key, {})
                    kept[name] = kept.get(name, np.zeros(4, np.int64)) + value
    for key, counts in sums.items():
        row(key, counts)
    counts = {"ours": np.zeros(4, np.int64)}
    for seed in seeds:
        case = make(seed, "middle", "parallax", register_them=True)
        counts["ours"] = counts["ours"] + (tally(case, ours(case)) if case else np.array([4, 0, 0, 0]))
    row("registered, parallax, middle", counts)
    print(f"ours: {np.median(taken) * 1000:.0f} ms of processor a pair")


if __name__ == "__main__":
    main()
