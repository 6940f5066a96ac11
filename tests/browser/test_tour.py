"""The tour of docs/tour.md, walked in a real browser: a resident's report goes to four people and is closed.

The report carries one of the real drone photos when they are there, else a rendered scene; the photos of the work and of
the check are rendered scenes of the very spot, each newer than what went before.
"""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.visiting import PHONE, ROOT, Server, Visitor, sign_in, wait_for_maps
from tongqu.demo.scenes.camera import Lens
from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.shot import Place, Shot, take
from tongqu.demo.scenes.sights.kinds import Sight
from tongqu.shared.clock import now

TEXT = "莲花镇村口有人倒了一车建筑垃圾，影响通行。请尽快安排处理。"
WORK = "已出动挖机一台清运，场地平整。"
MATTER = "EENV03"
REAL = Path(os.environ.get("TONGQU_SHARED_DATA", ROOT.parent / "shared" / "data")) / "photos"
HALF_A_MINUTE = timedelta(seconds=30)


def scene(path: Path, place: tuple[float, float], at: datetime, *, treated: bool) -> Path:
    """Write a photo of the spot, taken at the instant."""
    shot = Shot(
        Place(20, *place, Ground.VILLAGE),
        at,
        Sight.RUBBLE,
        treated,
        height_m=66,
        lens=Lens(width=800, height=600),
    )
    path.write_bytes(take(shot))
    return path


def report_photo(folder: Path, at: datetime) -> Path:
    """Return a real photo if there is one, else a rendered one."""
    real = sorted(REAL.rglob("*.JPG"))
    return real[0] if real else scene(folder / "report.jpg", (118.35, 28.4), at, treated=False)


def report_by_phone(phone: Page, photo: Path) -> tuple[str, tuple[float, float]]:
    """Report as a resident, with a pin on the map; return the tracking code and the place of the pin."""
    phone.goto("/cases/report/")
    wait_for_maps(phone)
    phone.locator("textarea[name=text]").fill(TEXT)
    phone.locator("input[name=photos]").set_input_files(photo)
    box = phone.locator(".map-canvas").bounding_box()
    assert box is not None
    phone.locator(".map-canvas").click(position={"x": box["width"] / 2 - 90, "y": box["height"] / 2 + 90})
    expect(phone.locator("input[name=lon]")).not_to_have_value("")
    place = tuple(float(phone.locator(f"input[name={name}]").input_value()) for name in ("lon", "lat"))
    phone.get_by_role("button", name="提交上报").click()
    phone.wait_for_url(re.compile(r"/cases/track/[A-Z0-9]+/"))
    return phone.url.rstrip("/").rsplit("/", 1)[1], (place[0], place[1])


def act(page: Page, move: str) -> None:
    """Make a move: open its form if it is folded, and press its button."""
    form = page.locator(f"form[action$='/move/{move}/']")
    opened(page, move)
    form.locator("button.button").click()
    form.wait_for(state="detached")


def opened(page: Page, move: str) -> None:
    """Unfold the form of a move."""
    details = page.locator("details", has=page.locator(f"form[action$='/move/{move}/']"))
    if details.get_attribute("open") is None:
        details.locator("summary").click()


def field(page: Page, move: str, name: str):
    opened(page, move)
    return page.locator(f"form[action$='/move/{move}/'] [name={name}]")


def visit_case(visit: Visitor, login: str, address: str) -> Page:
    page = visit()
    sign_in(page, login)
    page.goto(address)
    return page


def test_the_tour(server: Server, visit: Visitor, tmp_path: Path, shots) -> None:
    server.tongqu("cases", "matters", "import")
    begun = now()

    # 1. The cockpit of the duty desk, and a resident's report by phone.
    desk = visit()
    sign_in(desk, "desk")
    wait_for_maps(desk)
    phone = visit(PHONE, touch=True)
    tracking, place = report_by_phone(phone, report_photo(tmp_path, begun))
    shots(phone, "1-report")
    expect(phone.get_by_role("main")).to_contain_text(tracking)

    # 2. The desk finds it in its queue, accepts it, names the matter, and dispatches it to the township.
    desk.goto("/cases/")
    desk.get_by_role("link", name=re.compile("莲花镇村口有人倒了一车建筑垃圾")).first.click()
    expect(desk.locator("h1")).to_contain_text("莲花镇村口")
    address = desk.url
    field(desk, "accept", "matter").select_option(MATTER)
    act(desk, "accept")
    field(desk, "dispatch", "unit").select_option("lianhua")
    act(desk, "dispatch")
    shots(desk, "2-dispatched")

    # 3. The township signs for it, and reports the work as done with a photo.
    clerk = visit_case(visit, "clerk", address)
    act(clerk, "take")
    field(clerk, "handle", "text").fill(WORK)
    done = scene(tmp_path / "done.jpg", place, now(), treated=True)
    field(clerk, "handle", "photos").set_input_files(done)
    act(clerk, "handle")
    shots(clerk, "3-handled")

    # 4. The inspector verifies with a newer photo of the place.
    inspector = visit_case(visit, "inspector", address)
    newer = scene(tmp_path / "newer.jpg", place, now() + HALF_A_MINUTE, treated=True)
    field(inspector, "verify", "photos").set_input_files(newer)
    act(inspector, "verify")
    shots(inspector, "4-verified")

    # 5. The desk closes; the resident sees it under the tracking code.
    desk.goto(address)
    act(desk, "close")
    shots(desk, "5-closed")
    phone.reload()
    expect(phone.get_by_role("main")).to_contain_text("已结案")

    # 6. The auditor reads the whole story, and the chain verifies on the command line.
    auditor = visit_case(visit, "auditor", address)
    story = auditor.locator("section", has=auditor.get_by_role("heading", name="经过"))
    for words in ("居民上报", "受理", "派遣", "签收", "处置完成", "核查通过", "结案"):
        expect(story).to_contain_text(words)
    shots(auditor, "6-story")
    assert "are sound" in server.tongqu("journal", "verify")
