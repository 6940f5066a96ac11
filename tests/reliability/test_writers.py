"""Many processes append to one chain: no fork, no gap, no stall."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.reliability.house import Fresh, House

WRITERS = 8
ACTS = 15
LONGEST_S = 25.0
"""No act may take as long as SQLite's busy time-out (30 s), however busy the machine is."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house, built once for these tests, with an empty chain at first."""
    with Fresh(os.environ.get("TONGQU_DATABASE_URL", "")) as url:
        found = House(tmp_path_factory.mktemp("writers") / "home", url)
        found.call("-m", "django", "migrate", "--run-syncdb", "-v", "0")
        yield found


@pytest.mark.kill
def test_eight_processes_neither_fork_nor_gap_nor_stall_the_chain(house: House) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        longest = list(pool.map(lambda n: house.inside("writer", "write", n, ACTS), range(WRITERS)))
    left = house.inside("writer", "left")
    assert left["made"] == left["subjects"] == WRITERS * ACTS * 2
    assert left["no_gap"]
    assert left["broken"] == ""
    assert max(longest) < LONGEST_S


@pytest.mark.kill
def test_a_writer_that_lingers_before_its_commit_does_not_hold_the_chain(house: House) -> None:
    """On SQLite there is one writer at a time by nature: there the others wait, and none fails."""
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(house.inside, "writer", "hold", 4.0)
        quick = pool.submit(house.inside, "writer", "quick", 60)
        (began, ended), (longest, last) = slow.result(), quick.result()
    left = house.inside("writer", "left")
    assert (left["slow"], left["quick"]) == (1, 60)
    assert left["broken"] == ""
    if left["vendor"] == "postgresql":
        assert longest < ended - began
        assert last < ended or longest < 2.0
