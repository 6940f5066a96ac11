"""Server and worker are killed at random while cases move and photos come in; nothing is lost or done twice."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path

import pytest

from tests.reliability.house import Client, Fresh, House, faults, kill_at_random

SECONDS = 12
ACTS = 60
PHOTOS = 10


@pytest.mark.kill
def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    rng = random.Random(20260916)
    with Fresh(os.environ.get("TONGQU_DATABASE_URL", "")) as url:
        house = House(tmp_path / "home", url)
        try:
            given = house.prepare(PHOTOS)
            house.start("server")
            house.start("worker")
            house.wait_until_it_answers()
            over = threading.Event()
            killer = threading.Thread(target=kill_at_random, args=(house, rng, over, (0.2, 1.2)))
            clients = [Client(house, given, random.Random(seed)) for seed in (1, 2)]
            deadline = time.monotonic() + SECONDS
            drivers = [threading.Thread(target=client.run, args=(ACTS // 2, deadline)) for client in clients]
            for thread in (killer, *drivers):
                thread.start()
            for driver in drivers:
                driver.join()
            over.set()
            killer.join()
            house.wait_until_idle()
            found = house.check()
        finally:
            house.close()
    assert sum(house.kills.values()) >= 3
    assert sum(len(client.acknowledged) for client in clients) >= 10
    assert faults(clients, PHOTOS, found) == []
