"""The explorer in a real browser: every view is drawn and readable by all, and the slider moves the chart and the address."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.visiting import PHONE, Server, Visitor, axe, sign_in

VIEWS = ("ranks", "chart", "map", "flow", "scatter")


def look(page: Page, view: str) -> None:
    page.goto(f"/indicators/?view={view}&indicator=GDP&y=PM25&set=counties&d=330825")
    page.locator(".chart-canvas[data-idle=true]").wait_for()


def test_every_view_is_drawn_and_the_slider_moves_it(server: Server, visit: Visitor) -> None:
    server.python("-m", "tests.browser.exploring")
    page = sign_in(visit(), "desk")
    for view in VIEWS:
        look(page, view)
        axe(page)
    slider = page.locator("input[type=range]")
    slider.focus()
    slider.press("ArrowLeft")
    expect(page).to_have_url(re.compile("period=2023-Q1"))
    expect(page.locator("[data-when]")).to_have_text("2023年第1季度")
    with page.expect_download() as taken:
        page.get_by_role("button", name="PNG").click()
    assert taken.value.path().read_bytes().startswith(b"\x89PNG")
    look(page, "map")
    page.locator(".chart-canvas svg text", has_text="龙游县").click(force=True)
    expect(page).to_have_url(re.compile("/indicators/GDP/figure/"))
    phone = sign_in(visit(PHONE, dark=True), "desk")
    look(phone, "flow")
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
