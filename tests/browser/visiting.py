"""Who visits the pages, and what they can do: open a page, sign in, wait for maps, ask axe."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Request

from conftest import PASSWORD

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("TONGQU_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Server:
    """A server under test: where it answers, and the environment that its commands need."""

    address: str
    home: Path
    environment: dict[str, str]
    log: Path

    def tongqu(self, *arguments: str) -> str:
        """Run a `tongqu` command on the server's home and return what it printed."""
        return self.python("-m", "tongqu.site.cli", *arguments)

    def python(self, *arguments: str) -> str:
        """Run Python in the server's environment, such as a script that writes to its database."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout


@dataclass
class Watch:
    """What a page did that it should not have done."""

    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def over(self, page: Page, address: str) -> None:
        """Note requests to other hosts, and errors of scripts."""

        def asked(request: Request) -> None:
            if not request.url.startswith((address, "data:", "blob:")):
                self.foreign.append(request.url)

        page.on("request", asked)
        page.on("pageerror", lambda error: self.errors.append(str(error)))


@dataclass
class Visitor:
    """Opens pages as somebody with a device, a theme and a language."""

    chromium: Browser
    server: Server
    contexts: list[BrowserContext] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)

    def __call__(
        self,
        size: dict[str, int] = DESKTOP,
        *,
        dark: bool = False,
        language: str = "zh-CN",
        touch: bool = False,
    ) -> Page:
        """Return a fresh page; nothing of another visitor's cookies is in it."""
        context = self.chromium.new_context(
            base_url=self.server.address,
            viewport=size,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            locale=language,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            has_touch=touch,
        )
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        page = context.new_page()
        self.watch.over(page, self.server.address)
        return page


def sign_in(page: Page, username: str) -> Page:
    """Sign in as one of the town's people, and stand on the home page."""
    page.goto("/account/sign-in/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/")
    return page


def wait_for_maps(page: Page) -> None:
    """Wait until every map on the page has drawn everything."""
    for canvas in page.locator(".map-canvas").all():
        canvas.and_(page.locator("[data-idle=true]")).wait_for(timeout=60_000)


def axe(page: Page) -> None:
    """Assert that axe finds nothing serious or critical on the page."""
    found = Axe().run(page).response["violations"]
    grave = [
        f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']][:5]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []


def colours_on(page: Page, element: str) -> int:
    """Return how many colours stand on an element: a blank map has a single colour."""
    picture = Image.open(BytesIO(page.locator(element).screenshot())).convert("RGB")
    return len(picture.getcolors(picture.width * picture.height) or [])
