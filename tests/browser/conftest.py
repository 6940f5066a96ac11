"""A real server on a home of its own, and a real Chromium that may talk to nobody else.

`server` runs once for the whole session, with the town of the tests in its database. A test takes `page` (desktop)
or `phone`, signs in with `sign_in(page, "desk")` and looks at what a person would see. Pictures go to the folder of
`shots`, whose name is printed when a test fails.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.visiting import CHROMIUM, FLAGS, PHONE, ROOT, Server, Visitor


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and skip them with a plain message where there is no Chromium."""
    absent = pytest.mark.skip(
        reason=f"No Chromium at {CHROMIUM}: apt-get install chromium, or set TONGQU_CHROMIUM."
    )
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            if not Path(CHROMIUM).exists():
                item.add_marker(absent)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The database of the server: a file, or a fresh PostgreSQL database when the tests run on PostgreSQL."""
    outer = os.environ.get("TONGQU_DATABASE_URL", "")
    if not outer.startswith("postgres"):
        yield f"sqlite:///{tmp_path_factory.mktemp('browser') / 'tongqu.sqlite3'}"
        return
    parts = urlsplit(outer)
    name = f"tongqu_browser_{os.getpid()}"
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield parts._replace(path=f"/{name}").geturl()
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Server]:
    """The server and its worker, started as an operator starts them, with the town in the database."""
    home = tmp_path_factory.mktemp("home")
    port = _free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tongqu.site.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "TONGQU_DATABASE_URL": database_url,
        "TONGQU_HOME": str(home),
        "TONGQU_SIGN_INS_PER_MINUTE": "1000",
    }
    environment.pop("TONGQU_SECRET_KEY", None)
    made = Server(f"http://127.0.0.1:{port}", home, environment, home / "server.log")
    made.tongqu("prepare")
    made.python("-m", "tests.browser.build")
    with made.log.open("w") as log:
        command = [sys.executable, "-m", "tongqu.site.cli", "run", "--port", str(port), "--no-demo"]
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(port, running, made.log)
        yield made
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=30)


def _wait_for(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1800):
        if running.poll() is not None:
            break
        if _answers(port):
            return
        time.sleep(0.1)
    raise AssertionError(f"The server did not come up:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Visitor]:
    """Open pages by hand: `visit(PHONE, dark=True, language="en")`. Foreign requests and script errors fail the test."""
    visitor = Visitor(chromium, server)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert visitor.watch.foreign == [], "the page asked another host"
    assert visitor.watch.errors == [], "a script failed"


@pytest.fixture
def page(visit: Visitor) -> Page:
    """A page on a desktop, in Simplified Chinese."""
    return visit()


@pytest.fixture
def phone(visit: Visitor) -> Page:
    """A page on a phone."""
    return visit(PHONE, touch=True)


@pytest.fixture
def shots(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[Page, str], Path]:
    """Take a picture of a page: `shots(page, "queue")`; set TONGQU_SHOTS to keep them in a folder."""
    folder = Path(os.environ.get("TONGQU_SHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)

    def shot(page: Page, name: str) -> Path:
        path = folder / f"{request.node.name}-{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return shot
