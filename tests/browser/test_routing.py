"""A dispute ends as a rule: decided, drafted, approved by a second person; the next like case goes by it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.visiting import PHONE, Server, Visitor, axe, sign_in


def move(page: Page, name: str) -> None:
    """Press the button of a move and wait for the page that comes after it."""
    with page.expect_navigation():
        page.locator(f"form[action$='/move/{name}/'] button").click()


def test_a_dispute_becomes_a_rule_and_the_next_case_goes_by_it(visit: Visitor, server: Server) -> None:
    number = server.python("-m", "tests.browser.disputing", "村口垃圾无人清运")
    desk = sign_in(visit(), "desk")
    desk.goto(f"/cases/{number}/")
    desk.locator("#decide_unit").select_option("lianhua")
    desk.locator("#decide_reason").fill("村口垃圾由镇政府清运")
    move(desk, "decide")
    desk.get_by_role("button", name="转为规则").click()
    expect(desk.locator("#id_lead")).to_have_value("lianhua")
    expect(desk.locator("#id_about")).to_have_value("matter:EENV01")
    axe(desk)
    # Alone the rule leaves everything else without a lead; the proof says so, and the desk mends it.
    desk.get_by_role("link", name="由争议事件").click()
    address = desk.url
    expect(desk.locator(".notice.is-warning")).to_contain_text("校验未通过")
    desk.get_by_role("link", name="增加条目").click()
    desk.locator("#id_division").select_option("330800")
    desk.locator("#id_lead").select_option("desk")
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("校验通过")).to_be_visible()
    axe(desk)
    move(desk, "submit")
    expect(desk.locator("form[action$='/move/approve/']")).to_have_count(0)

    admin = sign_in(visit(PHONE), "admin")
    admin.goto(address)
    assert admin.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    move(admin, "approve")
    expect(admin.locator(".chip", has_text="已批准")).to_be_visible()
    admin.goto(f"{address}table/?within=330803&class_code=E-ENV")
    expect(admin.locator("td", has_text="莲花镇政府").first).to_be_attached()
    axe(admin)

    alike = server.python("-m", "tests.browser.reporting", "路边又有一堆垃圾")
    desk.goto(f"/cases/{alike}/")
    desk.locator("#accept_matter").select_option("EENV01")
    move(desk, "accept")
    expect(desk.locator(".routing-offer")).to_contain_text("莲花镇政府")
    expect(desk.locator("#dispatch_unit")).to_have_value("lianhua")
    move(desk, "dispatch")
    expect(desk.locator("section[aria-labelledby=story]")).to_contain_text("已遵循")
