"""Two units handle one split case; the inspector refuses one part, it is done again, and the case is closed."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.test_tour import HALF_A_MINUTE, act, field, scene, visit_case
from tests.browser.visiting import DESKTOP, PHONE, Server, Visitor, axe, sign_in
from tongqu.shared.clock import now

MATTER = "TMKT02"
BEGIN = f"""
import django
django.setup()
from tongqu.shared.clock import now
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.moves import accept
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.models.matter import Matter
case = report(text="夜市油烟扰民，占道摆摊。", by=NamedActor("resident", "居民"), at=now(), source="web", lon=118.35, lat=28.4)
accept(case, matter=Matter.objects.get(code="{MATTER}"), by=Person.objects.get(username="desk"), at=now())
print(case.number)
"""


def part_form(page: Page, place: int, move: str):
    """Return the form of a move of a part, unfolded."""
    form = page.locator(f"form[action$='/parts/{place}/{move}/']")
    details = page.locator("details", has=form)
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    return form


def do_part(page: Page, place: int, words: str, photo: Path, *, take: bool = True) -> None:
    """Sign for a part and report it as done."""
    if take:
        part_form(page, place, "take").locator("button.button").click()
    form = part_form(page, place, "handle")
    form.locator("textarea[name=text]").fill(words)
    form.locator("input[name=photos]").set_input_files(photo)
    form.locator("button.button").click()
    form.wait_for(state="detached")


def check(page: Page, *, second_is_done: bool) -> None:
    """Fill in the checklist and send it."""
    page.locator("input[name=passed_1][value=done]").check()
    page.locator(f"input[name=passed_2][value={'done' if second_is_done else 'not'}]").check()
    page.locator("input[name=note_2]").fill("路面干净" if second_is_done else "路面仍有油污")
    page.get_by_role("button", name="提交核查结果").click()
    page.get_by_role("button", name="提交核查结果").wait_for(state="detached")


def test_two_units_handle_one_case(server: Server, visit: Visitor, tmp_path: Path, shots) -> None:
    server.tongqu("cases", "matters", "import")
    address = f"/cases/{server.python('-c', BEGIN).strip().splitlines()[-1]}/"
    washed, cleared = (
        scene(tmp_path / f"{name}.jpg", (118.35, 28.4), now() + wait, treated=True)
        for name, wait in (("washed", HALF_A_MINUTE), ("cleared", 2 * HALF_A_MINUTE))
    )

    # 1. The desk gives the case to the department, which leads, and to the township; a third row is added and left empty.
    desk = visit_case(visit, "desk", address)
    field(desk, "split", "parts_unit").nth(0).select_option("zhzf-qujiang")
    field(desk, "split", "parts_task").nth(0).fill("查处占道摆摊")
    field(desk, "split", "parts_unit").nth(1).select_option("lianhua")
    field(desk, "split", "parts_task").nth(1).fill("清洗路面油污")
    desk.get_by_role("button", name="增加单位").click()
    expect(field(desk, "split", "parts_unit")).to_have_count(4)
    shots(desk, "1-split")
    desk.get_by_role("button", name="分派多个单位", exact=True).click()
    expect(desk.locator("#part-2")).to_contain_text("清洗路面油污")
    desk.locator("details", has=desk.locator("form[action$='/visit/']")).locator("summary").click()
    desk.locator("input[name=planned_at]").fill("2099-01-05T09:00")
    desk.get_by_role("button", name="保存安排").click()
    expect(desk.get_by_role("main")).to_contain_text("2099-01-05 09:00")
    axe(desk)
    shots(desk, "2-parts")

    # 2. Each unit does its part: the township on a phone, from its own list.
    clerk = visit(PHONE, touch=True)
    sign_in(clerk, "clerk")
    clerk.goto("/cases/mine/")
    shots(clerk, "3-mine")
    clerk.get_by_role("link", name="清洗路面油污").first.click()
    shots(clerk, "4-part")
    do_part(clerk, 2, "已冲洗路面", washed)
    officer = visit_case(visit, "officer", address)
    do_part(officer, 1, "已劝离摊贩三户", cleared)

    # 3. The inspector refuses the second part; only that one goes back.
    inspector = visit_case(visit, "inspector", address)
    shots(inspector, "5-checklist")
    axe(inspector)
    inspector.set_viewport_size(PHONE)
    shots(inspector, "5-checklist-phone")
    inspector.set_viewport_size(DESKTOP)
    check(inspector, second_is_done=False)
    clerk.goto(address)
    expect(clerk.get_by_role("main")).to_contain_text("路面仍有油污")
    shots(clerk, "6-refused")
    do_part(clerk, 2, "再次冲洗，已无油污", cleared, take=False)

    # 4. One more check of both, and the desk closes.
    inspector.goto(address)
    check(inspector, second_is_done=True)
    desk.goto(address)
    act(desk, "close")
    expect(desk.get_by_role("main")).to_contain_text(re.compile("已结案"))
    shots(desk, "7-closed")
