"""The page shell: on a desktop, on a phone, by keyboard, in the dark, in three languages, without any other host."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import PHONE, Visitor, axe, colours_on, sign_in, wait_for_maps


def test_the_desktop_has_landmarks_navigation_and_no_sideways_scrolling(page: Page) -> None:
    sign_in(page, "desk")
    expect(page.get_by_role("banner")).to_contain_text("通衢")
    expect(page.get_by_role("navigation", name="主导航")).to_contain_text("事件")
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.locator("h1")).to_have_text("驾驶舱")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_the_phone_has_a_bar_at_the_bottom_and_a_drawer(phone: Page) -> None:
    sign_in(phone, "clerk")
    bar = phone.get_by_role("navigation", name="快捷")
    expect(bar).to_be_visible()
    side = phone.locator("#side")
    expect(side).not_to_be_visible()
    bar.get_by_role("button", name="更多").click()
    expect(side).to_be_visible()
    phone.keyboard.press("Escape")
    expect(side).not_to_be_visible()
    expect(bar.get_by_role("button", name="更多")).to_be_focused()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    sign_in(page, "desk")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_menus_open_and_close_by_keyboard(page: Page) -> None:
    sign_in(page, "desk")
    language = page.locator("summary[aria-label=语言]")
    language.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="English")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="English")).not_to_be_visible()
    expect(language).to_be_focused()


def test_the_theme_is_kept(page: Page) -> None:
    sign_in(page, "desk")
    page.locator("summary[aria-label=外观]").click()
    with page.expect_response("**/preferences/theme/"):
        page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_the_device_may_choose_the_dark(visit: Visitor) -> None:
    page = visit(dark=True)
    sign_in(page, "desk")
    surface = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert all(int(part) < 64 for part in re.findall(r"\d+", surface)[:3])


@pytest.mark.parametrize(
    ("locale", "tag", "title"),
    [("zh-CN", "zh-Hans", "驾驶舱"), ("zh-TW", "zh-Hant", "駕駛艙"), ("en-GB", "en", "Cockpit")],
)
def test_the_browser_may_choose_the_language(visit: Visitor, locale: str, tag: str, title: str) -> None:
    page = visit(language=locale)
    sign_in(page, "inspector")
    expect(page.locator("html")).to_have_attribute("lang", tag)
    expect(page.locator("h1")).to_have_text(title)


def test_the_language_switch_is_kept_for_the_person(visit: Visitor) -> None:
    page = visit()
    sign_in(page, "auditor")
    page.locator("summary[aria-label=语言]").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Cockpit")
    elsewhere = visit()
    sign_in(elsewhere, "auditor")
    expect(elsewhere.locator("h1")).to_have_text("Cockpit")
    elsewhere.locator("summary[aria-label=Language]").click()
    elsewhere.get_by_role("button", name="简体中文").click()
    expect(elsewhere.locator("h1")).to_have_text("驾驶舱")


def test_only_what_a_person_may_open_is_in_the_navigation(visit: Visitor) -> None:
    desk, villager = visit(), visit()
    sign_in(desk, "admin")
    sign_in(villager, "villager")
    expect(desk.get_by_role("navigation", name="主导航")).to_contain_text("人员")
    expect(villager.get_by_role("navigation", name="主导航")).not_to_contain_text("人员")


def test_a_region_of_invented_data_says_so_on_every_page(page: Page) -> None:
    sign_in(page, "desk")
    expect(page.locator(".demo-banner")).to_contain_text("虚构")


def test_a_number_in_the_search_leads_on(page: Page) -> None:
    sign_in(page, "desk")
    search = page.get_by_role("searchbox", name="事件编号")
    search.fill("不存在的事")
    search.press("Enter")
    page.wait_for_url("**/cases/?words=*")


def test_a_page_that_is_not_there_says_what_to_do(page: Page) -> None:
    sign_in(page, "desk")
    page.goto("/no/such/page")
    expect(page.locator("h1")).to_have_text("没有这个页面")
    axe(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_cockpit_draws_its_map_and_passes_axe(visit: Visitor, size: str) -> None:
    page = visit() if size == "desktop" else visit(PHONE, touch=True)
    sign_in(page, "desk")
    wait_for_maps(page)
    expect(page.locator(".live-dot")).to_have_text("实时")
    assert colours_on(page, "#cockpit-map canvas") > 20
    assert page.evaluate("document.documentElement.scrollWidth") <= (1440 if size == "desktop" else 390)
    axe(page)
