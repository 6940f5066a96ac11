"""The time axis in a browser: from a click on the map to the stack, along time, swiped, and as a difference."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.test_tour import scene
from tests.browser.visiting import PHONE, Server, Visitor, axe, colours_on, sign_in

PLACE = (118.36, 28.41)
SEEN = datetime(2025, 6, 11, 8, tzinfo=UTC)
"""A summer afternoon."""
STORE = """
import sys
import django
django.setup()
from pathlib import Path
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.region.models import Person
from tongqu.systems.timeline.actions.making import make_view
clerk = Person.objects.get(username="clerk")
for name in sys.argv[1:]:
    kept = store(Path(name).read_bytes(), name=Path(name).name, by=clerk, at=now(), unit=clerk.units_as()[0]).evidence
    assert make_view(kept, at=now()) is not None
"""
STAGE = "[data-stage]"


def still(page: Page) -> None:
    """Wait until the maps have drawn everything."""
    # What was just asked for is announced within a frame or two.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    for pane in page.locator(".tl-pane:visible .tl-canvas").all():
        pane.and_(page.locator("[data-idle=true]")).wait_for(timeout=60_000)


def click_the_place(page: Page) -> None:
    """Click the middle of the map: coming nearer first where several photos are counted in one circle."""
    for _click in range(3):
        still(page)
        page.locator(STAGE).click()
        still(page)
        if page.locator("[data-strip] li").count():
            return


def store_photos(server: Server, folder: Path) -> None:
    """Store three photos of the place: rubble nine and five days before, none the day before."""
    days = (9, 5, 1)
    files = [scene(folder / f"{day}.jpg", PLACE, SEEN - timedelta(days=day), treated=day < 5) for day in days]
    server.python("-c", STORE, *map(str, files))


def open_the_stack(page: Page) -> None:
    """Open the stack from the list, go back, and open it by a click on the map."""
    page.locator('[data-count="3"] [data-go]').first.click()
    expect(page.locator("[data-strip] li")).to_have_count(3)
    page.locator(".map-tools [data-tool=back]").click()
    expect(page.locator("[data-places]")).to_be_visible()
    click_the_place(page)
    expect(page.locator("[data-strip] li")).to_have_count(3)
    expect(page.locator("[data-status]")).not_to_contain_text("正在对齐", timeout=60_000)
    expect(page.locator("[data-facts]")).to_contain_text("对齐")
    still(page)
    assert colours_on(page, "[data-pane=a]") > 200


def swipe(page: Page) -> None:
    """Put the two pictures beside a divider, and drag it to the left."""
    page.keyboard.press("2")
    divider = page.locator("[data-divider]")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    still(page)
    box = divider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] - 200, box["y"] + 300, steps=4)
    page.mouse.up()
    assert int(divider.get_attribute("aria-valuenow") or 50) < 40


def open_a_case_of_a_change(page: Page, shots: Callable[[Page, str], Path]) -> str:
    """Have the changes told, choose the strangest, make it a case, and come back; return where the changes are shown."""
    page.keyboard.press("2")
    page.keyboard.press("c")
    expect(page.locator("[data-changes-status]")).to_contain_text("处变化", timeout=60_000)
    # How strong grey rubble on grey ground is told differs by the light and by a pixel of alignment.
    page.locator("[data-changes-weak]").check()
    page.locator("[data-changes-list] button").first.click()
    expect(page.locator("[data-change-head]")).to_contain_text("第 1 处")
    still(page)
    shots(page, "changes")
    axe(page)
    address = page.url
    page.locator("[data-change-links] a").click()
    expect(page.locator("#id_text")).to_have_value(re.compile("地面发生变化"))
    shots(page, "change-case")
    axe(page)
    page.locator(".tl-case-form .button.primary").click()
    number = page.locator("[aria-current=page].num").inner_text()
    page.locator("a", has_text="此处全部影像").click()
    expect(page.locator("[data-from-case-link]")).to_have_text(number)
    expect(page.locator("[data-case-form] select")).to_have_value(number)
    return address


def test_the_stack_of_a_place_opens_and_is_compared(
    server: Server, visit: Visitor, tmp_path: Path, shots
) -> None:
    store_photos(server, tmp_path)
    page = sign_in(visit(), "desk")
    page.goto("/timeline/")
    still(page)
    shots(page, "places")
    axe(page)
    open_the_stack(page)
    shots(page, "stack")
    axe(page)
    taken = "[data-label=a] strong"
    newest = page.locator(taken).inner_text()
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(taken)).not_to_have_text(newest)
    older = page.locator(taken).inner_text()
    swipe(page)
    shots(page, "swipe")
    axe(page)
    page.locator("h1").click()
    page.keyboard.press("5")
    expect(page.locator("[data-legend]")).to_be_visible()
    still(page)
    shots(page, "difference")
    axe(page)
    assert "mode=difference" in page.url
    address = open_a_case_of_a_change(page, shots)
    phone = sign_in(visit(PHONE, touch=True), "desk")
    phone.goto(address)
    expect(phone.locator(taken)).to_have_text(older)
    axe(phone)
    phone.locator("[data-mode-button=side]").tap()
    expect(phone.locator("[data-changes-list] button").first).to_be_visible()
    still(phone)
    shots(phone, "side")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
