"""A grid worker reports without a network: kept on the phone, over a reload, and sent exactly once later."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.visiting import PHONE, Server, Visitor, axe, sign_in

PAGE = "/cases/grid/"
COUNT = (
    "import django; django.setup()\n"
    "from tongqu.systems.cases.models.case import Case\n"
    "print(Case.objects.filter(source='grid', text=%r).count())"
)


def cases(server: Server, text: str) -> int:
    return int(server.python("-c", COUNT % text))


def ready(visit: Visitor, who: str = "clerk") -> tuple[Page, BrowserContext]:
    """The page on a phone, with its service worker in charge."""
    page = visit(PHONE, touch=True)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 118.35, "latitude": 28.4})
    sign_in(page, who)
    page.goto(PAGE)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page, page.context


def write(page: Page, text: str) -> None:
    page.get_by_role("button", name="使用我的位置").click()
    expect(page.locator("[data-position]")).to_contain_text("118.35")
    page.locator("textarea[name=text]").fill(text)
    page.get_by_role("button", name="保存并上报").click()


def test_a_report_written_offline_is_one_case_later_even_when_the_first_answer_was_lost(
    visit: Visitor, server: Server
) -> None:
    page, context = ready(visit)
    context.set_offline(True)
    write(page, "离线上报的井盖")
    write(page, "第二张草稿")
    drafts = page.locator(".grid-draft")
    expect(drafts.filter(has_text="已保存在本机")).to_have_count(2)
    page.reload()
    expect(drafts.filter(has_text="已保存在本机")).to_have_count(2)
    expect(page.locator("[data-offline]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    axe(page)

    lost: list[str] = []

    def lose(route: Route) -> None:
        """Let the server take the report in, and lose its answer."""
        lost.append(route.fetch().text())
        route.abort()

    context.route("**/cases/grid/send/", lose)
    context.set_offline(False)
    expect(drafts.filter(has_text="无法连接服务器").first).to_be_visible()
    assert cases(server, "离线上报的井盖") == 1
    context.unroute("**/cases/grid/send/")
    page.reload()
    expect(drafts.filter(has_text="已上报")).to_have_count(2)
    assert (cases(server, "离线上报的井盖"), cases(server, "第二张草稿"), bool(lost)) == (1, 1, True)


def test_a_refused_draft_says_why_and_signing_out_leaves_nothing(visit: Visitor, server: Server) -> None:
    page, context = ready(visit)
    context.set_geolocation({"longitude": 10, "latitude": 10})
    page.locator("textarea[name=text]").fill("在区域之外")
    page.get_by_role("button", name="使用我的位置").click()
    expect(page.locator("[data-position]")).to_contain_text("10.0")
    page.get_by_role("button", name="保存并上报").click()
    refused = page.locator(".grid-draft.is-refused")
    expect(refused).to_contain_text("衢州市")
    page.goto("/duties/")
    said: list[str] = []
    page.once("dialog", lambda dialog: (said.append(dialog.message), dialog.accept())[1])
    page.locator("summary", has_text="郑办事").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in/**")
    assert "1" in said[0]
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('tongqu:')).length") == 0
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
