"""The cockpit is live: what others do appears by itself, and open lines hold nobody up."""

from __future__ import annotations

import http.client
import re
import time
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.visiting import Server, Visitor, sign_in, wait_for_maps

OPEN_LINES = 40


def test_a_case_reported_elsewhere_appears_on_the_open_cockpit(server: Server, page: Page) -> None:
    sign_in(page, "desk")
    wait_for_maps(page)
    expect(page.locator(".live-dot")).to_have_text("实时")
    before = int(page.locator("#cockpit-counts .stat-value").first.inner_text())
    with page.expect_response("**/cases/points*", timeout=20_000):
        server.python("-m", "tests.browser.reporting", "溪边新倒了一车渣土。")
    expect(page.locator("#cockpit-events")).to_contain_text("溪边新倒了一车渣土", timeout=20_000)
    expect(page.locator("#cockpit-counts .stat-value").first).to_have_text(str(before + 1))


def test_what_lies_outside_ones_sight_does_not_appear(server: Server, visit: Visitor) -> None:
    page = visit()
    sign_in(page, "outsider")
    expect(page.locator(".live-dot")).to_have_text("实时")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    server.python("-m", "tests.browser.reporting", "莲花镇的事与外县无关。")
    page.wait_for_timeout(4000)
    assert [url for url in asked if "/changed/" in url] == []


def test_open_lines_hold_nobody_up(server: Server, page: Page) -> None:
    sign_in(page, "auditor")
    session = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    page.goto("about:blank")
    host = urlsplit(server.address).netloc
    lines = []
    for _ in range(OPEN_LINES):
        line = http.client.HTTPConnection(host, timeout=30)
        line.request("GET", "/events", headers={"Cookie": session})
        answer = line.getresponse()
        assert answer.status == http.HTTPStatus.OK
        assert re.match(rb"retry: \d+", answer.readline())
        lines.append((line, answer))
    begun = time.monotonic()
    for _ in range(10):
        probe = http.client.HTTPConnection(host, timeout=30)
        probe.request("GET", "/account/", headers={"Cookie": session})
        assert probe.getresponse().status == http.HTTPStatus.OK
        probe.close()
    assert time.monotonic() - begun < 20, "ten pages beside forty open lines took too long"
    server.python("-m", "tests.browser.reporting", "四十条线都要听到。")
    for line, answer in lines:
        heard = b"".join(answer.readline() for _ in range(6))
        assert b"event: facts" in heard
        line.close()
