"""The page of components: all of them work, in light and dark, on a desktop and a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import DESKTOP, PHONE, Visitor, axe, sign_in, wait_for_maps


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_component_passes_axe(visit: Visitor, size: dict[str, int], dark: bool) -> None:
    page = visit(size, dark=dark)
    sign_in(page, "desk")
    page.goto("/ui/")
    wait_for_maps(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    axe(page)


def test_a_table_sorts_pages_and_hides_columns(page: Page) -> None:
    sign_in(page, "desk")
    page.goto("/ui/")
    table = page.locator("#table-sample")
    table.get_by_role("link", name="期限").click()
    expect(page.locator("#table-sample th[aria-sort=ascending]")).to_contain_text("期限")
    page.locator("#table-sample").get_by_role("link", name="下一页").click()
    expect(page.locator("#table-sample")).to_contain_text("第 2 / 30 页")
    page.locator("#table-sample summary").click()
    page.locator("#table-sample").get_by_label("单位").uncheck()
    expect(page.locator("#table-sample").get_by_role("columnheader", name="单位")).to_have_count(0)
    page.reload()
    expect(page.locator("#table-sample").get_by_role("columnheader", name="单位")).to_have_count(0)


def test_rows_are_walked_with_the_arrow_keys(page: Page) -> None:
    sign_in(page, "desk")
    page.goto("/ui/")
    rows = page.locator("#table-sample tbody tr")
    expect(rows.nth(0)).to_have_attribute("tabindex", "0")  # the table's script comes after the page
    rows.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**#260916-000002")


def test_a_table_is_exported_as_a_workbook(page: Page) -> None:
    sign_in(page, "desk")
    page.goto("/ui/")
    with page.expect_download() as download:
        page.locator("#table-sample").get_by_role("link", name="导出").click()
    assert download.value.suggested_filename == "sample.xlsx"


def test_the_points_of_a_map_are_there_as_a_table(page: Page) -> None:
    sign_in(page, "desk")
    page.goto("/ui/")
    wait_for_maps(page)
    panel = page.locator("[data-map=sample-map-config]")
    panel.get_by_text("以表格列出视野内的点位").click()
    expect(panel.locator("tbody tr")).to_have_count(40)
    panel.get_by_role("button", name="在图上显示").first.click()
    expect(panel.locator(".maplibregl-popup")).to_be_visible()


def test_a_layer_is_switched_off(page: Page) -> None:
    sign_in(page, "desk")
    page.goto("/ui/")
    wait_for_maps(page)
    panel = page.locator("[data-map=sample-map-config]")
    panel.locator("summary[aria-label=图层]").click()
    panel.get_by_label("事件").uncheck()
    expect(panel.locator("tbody tr")).to_have_count(0)


def test_a_place_is_picked_by_click_by_button_and_from_the_device(visit: Visitor) -> None:
    page = visit()
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 118.3, "latitude": 28.3})
    sign_in(page, "clerk")
    page.goto("/ui/")
    wait_for_maps(page)
    panel = page.locator("[data-map=sample-pick-config]")
    panel.get_by_role("button", name="使用我的位置").click()
    expect(page.locator("input[name=lon]")).to_have_value("118.300000")
    expect(panel.locator(".place")).to_contain_text("衢江区 · 莲花镇")
    panel.locator("canvas").click(position={"x": 5, "y": 5})
    expect(page.locator("input[name=lon]")).not_to_have_value("118.300000")
    page.locator("input[name=lon]").fill("100")
    expect(panel.locator(".place")).to_contain_text("不在本地区范围内")


def test_charts_are_drawn_and_taken_away_as_csv_and_png(page: Page) -> None:
    sign_in(page, "desk")
    page.goto("/ui/")
    chart = page.locator("figure[data-name=bars]")
    # The icons on the buttons are drawings too: only the chart's own says that its script has run.
    expect(chart.locator(".chart-canvas svg path").first).to_be_attached()
    with page.expect_download() as csv:
        chart.get_by_role("button", name="CSV").click()
    lines = csv.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 8
    with page.expect_download() as png:
        chart.get_by_role("button", name="PNG").click()
    assert png.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_bar_fills_until_its_work_is_done(page: Page) -> None:
    sign_in(page, "desk")
    page.goto("/ui/")
    expect(page.locator(".progress-slot progress")).to_have_attribute("value", "1.0", timeout=15_000)


def test_errors_of_a_form_are_summed_up_with_links_to_the_fields(page: Page) -> None:
    sign_in(page, "desk")
    page.goto("/ui/")
    summary = page.get_by_role("alert").filter(has_text="填写有误")
    summary.get_by_role("link").first.click()
    expect(page.locator("#id_wrong-title")).to_be_focused()
