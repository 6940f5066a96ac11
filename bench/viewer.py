"""Draws tiles out of photos of 12 and of 100 megapixels, beside warping the decoded photo whole; and times the page, if asked.

    .venv/bin/python bench/viewer.py [--photo A.JPG] [--server http://localhost:8000 --login NAME --password WORD]

The photo is one of the shared data (12 megapixels), else noise of that size; the large one is it, enlarged. "Coarse" and
"fine" are the two parts of the cut-up photo, made once; tiles are of 512 pixels, WebP included, at a quarter of the photo's
size and at its own. The peer is what a page without such a cache must do: decode the whole photo and warp it (OpenCV) for one
tile. Peak memory is that of a process that does one thing only. With a server, Chromium clicks the place with most photos:
milliseconds until the first picture is drawn, and until no photo waits to be aligned (delete the alignments first).
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongqu.systems.timeline.analytics.marks import Frame  # noqa: E402
from tongqu.systems.timeline.analytics.mercator import Canvas  # noqa: E402
from tongqu.systems.timeline.analytics.placing import Placement, Reach  # noqa: E402
from tongqu.systems.timeline.analytics.pyramids import Packed, Part, deepest_level, pack, part_of  # noqa: E402
from tongqu.systems.timeline.analytics.tiles import Pixels, render, warp_of  # noqa: E402
from tongqu.systems.timeline.rules.camera import Camera  # noqa: E402

HERE = (118.87, 28.97)
SIZES = ((4000, 3000), (11600, 8700))
TILES = 40


class Files:
    """A cut-up photo in a folder."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.folder, self.deepest = folder, deepest_level(*size)

    def window(self, level: int, *box: int) -> Pixels:
        """Return a piece of a size."""
        with (self.folder / part_of(level)).open("rb") as source:
            return Packed.opened(source).window(level, *box)


def placement(size: tuple[int, int]) -> Placement:
    """Return a photo of this size from 100 m, tilted a little."""
    camera = Camera(*size, size[0] * 0.6)
    return Placement(Frame(*HERE, 100.0, 33.0, -80.0, 1.0, camera), *size, Reach(*HERE, 1000.0))


def canvases(size: tuple[int, int], share: float) -> list[Canvas]:
    """Return places of tiles all over the photo, at this share of its size."""
    gsd = 100 / (size[0] * 0.6)
    rng = np.random.default_rng(3)
    found = []
    for east, north in rng.uniform(-40, 40, (TILES, 2)).tolist():
        lon, lat = HERE[0] + east / 97_400, HERE[1] + north / 110_850
        found.append(Canvas.around(lon, lat, gsd / share, 512, 512))
    return found


def webp(picture: Pixels | None) -> int:
    """Write a tile as the server does; return its bytes."""
    if picture is None:
        return 0
    mixed = cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA)
    return len(cv2.imencode(".webp", mixed, [cv2.IMWRITE_WEBP_QUALITY, 82])[1])


def photo_of(size: tuple[int, int], chosen: Path | None) -> bytes:
    """Return a JPEG of this size."""
    if chosen is not None:
        with Image.open(chosen) as source:
            picture = source.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    else:
        noise = np.random.default_rng(1).integers(0, 255, (size[1] // 8, size[0] // 8, 3), np.uint8)
        picture = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=92)
    return target.getvalue()


def alone(work: Callable[[], float]) -> tuple[float, float]:
    """Run in a process of its own; return what it returns, and its peak memory in MB above that of doing nothing."""
    receive, send = multiprocessing.get_context("fork").Pipe(duplex=False)

    def run() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told = work()
        send.send((told, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024))

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    found: tuple[float, float] = receive.recv()
    process.join()
    return found


def timed(work: Callable[[], object]) -> float:
    """Return how many milliseconds the work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def rows_of(size: tuple[int, int], data: bytes, folder: Path) -> None:
    """Print the rows of the table for one photo."""

    def cut(part: Part) -> float:
        with (folder / part).open("wb") as target:
            return timed(lambda: pack(data, part, target))

    laid, files = placement(size), Files(folder, size)

    def tiles(share: float) -> float:
        return statistics.median(
            timed(lambda canvas=canvas: webp(render(files, laid, canvas))) for canvas in canvases(size, share)
        )

    def whole() -> float:
        def one() -> None:
            picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
            warp = warp_of(laid, canvases(size, 0.25)[0])
            webp(
                np.dstack((cv2.remap(picture, warp.x, warp.y, cv2.INTER_LINEAR), warp.shown.astype(np.uint8)))
            )

        return timed(one)

    name = f"{size[0] * size[1] / 1e6:.0f} megapixels"
    for what, work in (
        ("coarse part, once", lambda: cut(Part.COARSE)),
        ("fine part, once", lambda: cut(Part.FINE)),
        ("tile at a quarter of the size, p50", lambda: tiles(0.25)),
        ("tile at full size, p50", lambda: tiles(1.0)),
        ("tile from the whole photo (peer)", whole),
    ):
        milliseconds, memory = alone(work)
        print(f"| {name} | {what} | {milliseconds:,.0f} | {memory:,.0f} |", flush=True)
    on_disk = sum((folder / part).stat().st_size for part in Part)
    print(f"| {name} | on disk: photo {len(data) / 1e6:.1f} MB, cut up {on_disk / 1e6:.1f} MB | | |")


def page_of(server: str, login: str, password: str) -> None:
    """Click the place with most photos in Chromium, and print how long it takes."""
    from playwright.sync_api import sync_playwright

    flags = [
        "--no-sandbox",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        page = browser.new_context(base_url=server, viewport={"width": 1440, "height": 900}).new_page()
        page.goto("/account/sign-in/")
        page.fill("input[name=username]", login)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/")
        page.goto("/timeline/")
        page.locator("[data-pane=a] .tl-canvas[data-idle=true]").wait_for()
        page.locator("[data-order=most]").click()
        start = time.perf_counter()
        page.locator("[data-go]").first.click()
        page.locator("[data-strip] li").first.wait_for()
        page.wait_for_timeout(50)
        page.locator("[data-pane=a] .tl-canvas[data-idle=true]").wait_for()
        picture = (time.perf_counter() - start) * 1000
        page.locator("[data-status] p").nth(1).wait_for(state="detached", timeout=120_000)
        aligned = (time.perf_counter() - start) * 1000
        count = page.locator("[data-strip] li").count()
        print(
            f"\n{count} photos: first picture drawn after {picture:,.0f} ms, all aligned or refused after {aligned:,.0f} ms"
        )
        browser.close()


def main() -> None:
    """Print everything."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = ROOT.parent / "shared" / "data" / "photos"
    asked.add_argument("--photo", type=Path, default=next(iter(sorted(shared.rglob("*.JPG"))), None))
    asked.add_argument("--server", default="")
    asked.add_argument("--login", default="")
    asked.add_argument("--password", default="")
    given = asked.parse_args()
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; photo: {given.photo.name if given.photo else 'noise'}\n"
    )
    print("| photo | what | ms | peak MB |\n|---|---|---|---|")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            rows_of(size, photo_of(size, given.photo), Path(folder))
    if given.server:
        page_of(given.server, given.login, given.password)


if __name__ == "__main__":
    main()
