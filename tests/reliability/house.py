"""A whole installation in a temporary home, whose server and worker are real processes that can be killed.

Used by the kill tests (small) and by `bench/kill.py` (full).
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
MATTER = "CTRA04"
"""A matter that an inspector verifies by word."""
ACTS_AT_A_TIME = 10


@dataclass
class House:
    """The installation: its home, its database and its processes."""

    home: Path
    database_url: str = ""
    port: int = 0
    workers: int = 1
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=lambda: {"server": 0, "worker": 0})

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "TONGQU_HOME": str(self.home),
            "TONGQU_DATABASE_URL": self.database_url,
            "TONGQU_SECRET_KEY": "for-kill-tests-only-0123456789-abcdefghijklmnop",
            "TONGQU_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "tests.reliability.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }

    def call(self, *arguments: str) -> str:
        """Run a Python module or script in the house to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout

    def inside(self, module: str, function: str, *arguments: object) -> Any:
        """Call a function of this folder in a process of the house and return its result."""
        code = (
            f"import django, json; django.setup(); from tests.reliability.{module} import {function};"
            f"print(json.dumps({function}(*{list(arguments)!r})))"
        )
        return json.loads(self.call("-c", code).splitlines()[-1])

    def prepare(self, photos: int) -> dict[str, Any]:
        """Make the database and fill it; returns what the client needs."""
        self.call("-m", "django", "migrate", "--run-syncdb", "-v", "0")
        found: dict[str, Any] = self.inside("prepare", "prepare", str(self.home), photos)
        return found

    def check(self) -> dict[str, Any]:
        """Return how things stand now."""
        found: dict[str, Any] = self.inside("check", "check")
        return found

    def start(self, name: str) -> None:
        """Start the server or the worker, in a process group of its own."""
        commands = {
            "server": [
                "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(self.port),
                "--workers", "1", "--log-level", "critical", "--no-ws", "tongqu.site.asgi:application",
            ],
            "worker": ["-m", "tongqu.site.cli", "jobs", "work", "--processes", str(self.workers)],
        }  # fmt: skip
        log = (self.home / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            [sys.executable, *commands[name]], env=self.environment, cwd=ROOT, start_new_session=True,
            stdout=log, stderr=log,
        )  # fmt: skip
        log.close()

    def kill(self, name: str) -> None:
        """Kill the server or the worker with all its children, without a warning."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.kills[name] += 1

    def close(self) -> None:
        """End everything."""
        for process in self.running.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()

    def wait_until_it_answers(self, seconds: float = 60) -> None:
        """Wait for the server."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/healthz/live")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not come up: " + (self.home / "server.log").read_text()[-2000:])

    def wait_until_idle(self, seconds: float = 60) -> None:
        """Wait until the worker has nothing left to do, not even later."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.inside("check", "unfinished_jobs") == 0:
                return
            time.sleep(0.3)
        raise AssertionError(
            "the queue does not run empty: " + (self.home / "worker.log").read_text()[-2000:]
        )


class Lost(Exception):
    """The call got no answer: it may have been done, or not."""


@dataclass
class Client:
    """Somebody who drives cases through the real API and notes what was acknowledged.

    After a call without an answer it asks again: a report under the same key, a move at the same revision.
    """

    house: House
    given: dict[str, Any]
    rng: random.Random
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    """Number of the case and the move that was acknowledged, in order."""
    asked_again: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def run(self, acts: int, deadline: float) -> None:
        """Do as many acts, or stop at the deadline."""
        while len(self.acknowledged) < acts and time.monotonic() < deadline:
            self._one_case(acts, deadline)

    def _one_case(self, acts: int, deadline: float) -> None:
        number, revision = self._report(deadline)
        steps: list[tuple[str, str, dict[str, Any]]] = [
            ("desk", "accept", {"matter_code": MATTER}),
            ("desk", "dispatch", {"unit": "zhzf-qujiang"}),
            ("officer", "take", {}),
            ("officer", "handle", {"text": "清理完毕", "evidence": [self.given["proof"]]}),
            ("inspector", "verify", {"note": "现场已看"}),
            ("desk", "close", {}),
        ]
        for who, move, body in steps:
            if len(self.acknowledged) >= acts or time.monotonic() > deadline:
                return
            revision = self._move(number, revision, who, move, body, deadline)

    def _report(self, deadline: float) -> tuple[str, int]:
        key = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        body = {
            "text": f"路边有垃圾 {key[:8]}",
            "lon": self.rng.uniform(118.05, 118.65),
            "lat": self.rng.uniform(28.05, 28.75),
        }
        while True:
            try:
                status, found = self._post("desk", "/cases", body, {"Idempotency-Key": key})
                break
            except Lost:
                self._again(deadline)
        assert status == 201, found
        self.acknowledged.append((found["number"], "reported"))
        return found["number"], found["revision"]

    def _move(
        self, number: str, revision: int, who: str, move: str, body: dict[str, Any], deadline: float
    ) -> int:
        was_lost = False
        while True:
            try:
                status, found = self._post(who, f"/cases/{number}/{move}", {**body, "expected": revision}, {})
            except Lost:
                was_lost = True
                self._again(deadline)
                continue
            break
        if status == 409:
            # The case has moved on: that is right only when the lost call was done after all.
            assert was_lost, found
            revision += 1
        else:
            assert status == 200, found
            revision = found["revision"]
        self.acknowledged.append((number, move))
        return revision

    def _again(self, deadline: float) -> None:
        self.asked_again += 1
        assert time.monotonic() < deadline + 60, "the server does not come back"
        time.sleep(0.05)

    def _post(
        self, who: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=20)
        try:
            connection.request(
                "POST", f"/api/v1{path}", json.dumps(body).encode(),
                {"Authorization": f"Bearer {self.given['tokens'][who]}", "Content-Type": "application/json", **headers},
            )  # fmt: skip
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Lost from error
        finally:
            connection.close()


def kill_at_random(
    house: House, rng: random.Random, until: threading.Event, pause: tuple[float, float]
) -> None:
    """Kill the server or the worker again and again, each time starting it anew, until told to stop."""
    while not until.wait(rng.uniform(*pause)):
        name = rng.choice(["server", "worker"])
        house.kill(name)
        house.start(name)
        if name == "server":
            house.wait_until_it_answers()


def drive(
    house: House,
    rng: random.Random,
    clients: list[Client],
    *,
    acts: int,
    kills: int,
    pause: tuple[float, float],
    seconds: float,
) -> None:
    """Let the clients act and the killer kill until so many acts were acknowledged and so many kills done."""
    over, deadline = threading.Event(), time.monotonic() + seconds

    def act(client: Client) -> None:
        while not over.is_set() and time.monotonic() < deadline:
            client.run(len(client.acknowledged) + ACTS_AT_A_TIME, deadline)
            done = sum(len(each.acknowledged) for each in clients)
            if done >= acts and sum(house.kills.values()) >= kills:
                over.set()

    with ThreadPoolExecutor(len(clients) + 1) as pool:
        killer = pool.submit(kill_at_random, house, rng, over, pause)
        drivers = [pool.submit(act, client) for client in clients]
        try:
            for driver in drivers:
                driver.result()
        finally:
            over.set()
        killer.result()


VERBS = {
    "reported": "case.reported",
    "accept": "case.accepted",
    "dispatch": "case.dispatched",
    "take": "case.taken",
    "handle": "case.handled",
    "verify": "case.verified",
    "close": "case.closed",
}


def faults(clients: list[Client], photos: int, found: dict[str, Any]) -> list[str]:
    """Return everything that is not as it must be: lost, doubled, half-written, broken."""
    wrong = []
    for client in clients:
        wanted: dict[str, list[str]] = {}
        for number, move in client.acknowledged:
            wanted.setdefault(number, []).append(VERBS[move])
        for number, verbs in wanted.items():
            there = found["facts_of_cases"].get(number, [])
            if there[: len(verbs)] != verbs:
                wrong.append(f"case {number}: acknowledged {verbs}, recorded {there}")
            if len(there) != len(set(there)):
                wrong.append(f"case {number}: recorded twice {there}")
            if found["cases"].get(number, [0, 0])[1] < len(verbs):
                wrong.append(f"case {number}: {found['cases'].get(number)} after {verbs}")
    known = {number for client in clients for number, _ in client.acknowledged}
    unknown = set(found["cases"]) - known
    if len(unknown) > len(clients):
        wrong.append(f"cases that nobody was told of: {unknown}")
    expected = {
        "chain": "", "photos": photos + 1, "photo_facts": photos + 1, "bad_files": 0, "tallied_twice": 0,
        "not_tallied": 0, "tallied": found["told"], "errors": [],
    }  # fmt: skip
    wrong += [
        f"{name}: {found[name]} instead of {value}"
        for name, value in expected.items()
        if found[name] != value
    ]
    if sum(found["import_items"].values()) != photos or "waiting" in found["import_items"]:
        wrong.append(f"import: {found['import_items']}")
    if len(found["open_duties_of_cases"]) != len(set(found["open_duties_of_cases"])):
        wrong.append("two open duties for one step of a case")
    return wrong


@dataclass
class Fresh:
    """A database of one's own on the PostgreSQL server of an address, dropped at the end; or nothing, for SQLite."""

    server_url: str
    name: str = field(default_factory=lambda: f"tongqu_kill_{uuid.uuid4().hex[:8]}")

    def __enter__(self) -> str:
        if not self.server_url.startswith("postgres"):
            return ""
        self._run(f'CREATE DATABASE "{self.name}"')
        return self.server_url.rsplit("/", 1)[0] + f"/{self.name}"

    def __exit__(self, *_: object) -> None:
        if self.server_url.startswith("postgres"):
            self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _run(self, sql: str) -> None:
        import psycopg

        parts = urlsplit(self.server_url)
        with psycopg.connect(
            host=unquote(parts.hostname or ""), user=parts.username, password=parts.password, dbname="postgres",
            port=parts.port, autocommit=True,
        ) as connection:  # fmt: skip
            connection.execute(sql)
