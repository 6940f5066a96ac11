"""Server and worker are killed at random while cases move and photos come in; nothing is lost or done twice."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.reliability.house import Client, Fresh, House, drive, faults

SECONDS = 120
ACTS = 40
KILLS = 4
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
            clients = [Client(house, given, random.Random(seed)) for seed in (1, 2)]
            drive(house, rng, clients, acts=ACTS, kills=KILLS, pause=(0.2, 1.2), seconds=SECONDS)
            house.wait_until_idle()
            found = house.check()
        finally:
            house.close()
    assert sum(house.kills.values()) >= KILLS
    assert sum(len(client.acknowledged) for client in clients) >= ACTS
    assert faults(clients, PHOTOS, found) == []
