"""The walk along the chain names the first broken fact and how it is broken."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tongqu.shared.jobs.actions import enqueue
from tongqu.shared.jobs.queries import job
from tongqu.shared.jobs.rules import JobState
from tongqu.shared.jobs.worker import run_ready
from tongqu.shared.journal.actions import act, anchor, record
from tongqu.shared.journal.commands import app
from tongqu.shared.journal.models import Fact, Verification
from tongqu.shared.journal.queries import chain_state, read_anchors, verify
from tongqu.shared.journal.rules import SYSTEM, Anchor, BadAnchor, Fault, Subject

ALPHABET = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
"""What a database can keep: neither NUL nor halves of surrogate pairs."""

INSTANTS = st.integers(-2_000_000_000_000_000, 8_000_000_000_000_000).map(
    lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)

guard = import_module("tongqu.shared.journal.migrations.0002_guard")


@contextmanager
def unguarded() -> Iterator[Callable[[str], object]]:
    """Let SQL change the journal, as someone with the database's own password could."""
    with connection.cursor() as cursor:
        is_sqlite = connection.vendor == "sqlite"
        for sql in [f"DROP TRIGGER {name}" for name in guard.SQLITE] if is_sqlite else guard.POSTGRESQL_LIFT:
            cursor.execute(sql)
        yield cursor.execute
        for sql in guard.SQLITE.values() if is_sqlite else guard.POSTGRESQL:
            cursor.execute(sql)


@pytest.fixture
def chain(db: None, at: datetime) -> None:
    """Nine facts."""
    for number in range(1, 10):
        with act():
            record(
                "thing.made", Subject("thing", str(number)), by=SYSTEM, at=at, after={"n": number}, note="注"
            )


FORGED = {
    "a changed text": ("UPDATE journal_fact SET note = 'x' WHERE seq = 4", Fault.HASH, 4),
    "a changed time": (
        "UPDATE journal_fact SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 1",
        Fault.HASH,
        1,
    ),
    "a changed actor": ("UPDATE journal_fact SET actor_name = '' WHERE seq = 9", Fault.HASH, 9),
    "a changed hash": ("UPDATE journal_fact SET hash = previous_hash WHERE seq = 5", Fault.HASH, 5),
    "a changed link": ("UPDATE journal_fact SET previous_hash = hash WHERE seq = 5", Fault.LINK, 5),
    "a fact cut out": ("DELETE FROM journal_fact WHERE seq = 6", Fault.GAP, 6),
    "the first cut off": ("DELETE FROM journal_fact WHERE seq = 1", Fault.GAP, 1),
    "the end cut off": ("DELETE FROM journal_fact WHERE seq > 7", Fault.HEAD, 8),
    "a head set back": ("UPDATE journal_chainhead SET seq = 8", Fault.HEAD, 9),
    "another head hash": ("UPDATE journal_chainhead SET hash = 'x'", Fault.HEAD, 10),
}


@pytest.mark.parametrize(("sql", "fault", "seq"), FORGED.values(), ids=FORGED)
def test_a_forgery_is_named(chain: None, sql: str, fault: Fault, seq: int) -> None:
    with unguarded() as execute:
        execute(sql)
    broken = verify().broken
    assert broken is not None
    assert (broken.fault, broken.seq) == (fault, seq)


def test_a_sound_chain_is_sound(chain: None) -> None:
    walk = verify()
    assert (walk.broken, walk.length, walk.last_seq) == (None, 9, 9)
    assert verify(from_seq=5).length == 5
    assert verify(from_seq=10).length == 0


@given(
    at=INSTANTS,
    note=st.text(ALPHABET, max_size=30),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_recorded_verifies_whatever_its_instant_and_text(db: None, at: datetime, note: str) -> None:
    with act():
        record("thing.made", Subject("thing", "1"), by=SYSTEM, at=at, note=note, after={"note": note})
    assert verify().broken is None


def test_an_empty_chain_is_sound(db: None) -> None:
    assert verify().broken is None


def test_a_walk_from_the_middle_still_checks_its_first_link(chain: None) -> None:
    with unguarded() as execute:
        execute("UPDATE journal_fact SET hash = 'x' WHERE seq = 4")
    broken = verify(from_seq=5).broken
    assert broken is not None
    assert (broken.fault, broken.seq) == (Fault.LINK, 5)


def rewrite(execute: Callable[[str], object], seq: int) -> None:
    """Change a fact and give it and all after it hashes that fit: a forgery that only an anchor shows."""
    execute(f"UPDATE journal_fact SET note = 'forged' WHERE seq = {seq}")
    previous = Fact.objects.get(seq=seq - 1).hash
    for fact in Fact.objects.filter(seq__gte=seq):
        fact.previous_hash = previous
        previous = fact.expected_hash()
        execute(
            f"UPDATE journal_fact SET previous_hash = '{fact.previous_hash}', hash = '{previous}' WHERE seq = {fact.seq}"
        )
    execute(f"UPDATE journal_chainhead SET hash = '{previous}'")


def test_an_anchor_shows_that_the_chain_was_rewritten(chain: None, at: datetime, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    anchor(file, at)
    with unguarded() as execute:
        rewrite(execute, 3)
    assert verify().broken is None
    broken = verify(anchors=read_anchors(file)).broken
    assert broken is not None
    assert (broken.fault, broken.seq) == (Fault.ANCHOR, 9)


def test_an_anchor_shows_that_the_end_was_cut_off(chain: None, at: datetime, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    anchor(file, at)
    with unguarded() as execute:
        execute("DELETE FROM journal_fact WHERE seq > 7")
        execute(f"UPDATE journal_chainhead SET seq = 7, hash = '{Fact.objects.get(seq=7).hash}'")
    assert verify().broken is None
    assert verify(anchors=read_anchors(file)).broken.fault == Fault.ANCHOR


def test_every_anchor_of_a_file_is_checked(chain: None, at: datetime, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    file.write_text(Anchor(2, "f" * 64, "2026-09-16T02:00:00Z").line() + "\n\n", encoding="ascii")
    anchor(file, at)
    assert len(read_anchors(file)) == 2
    assert verify(anchors=read_anchors(file)).broken.seq == 2


def test_a_bad_anchor_is_named(tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    file.write_text("not an anchor\n", encoding="ascii")
    with pytest.raises(BadAnchor, match="not an anchor"):
        read_anchors(file)


def test_the_nightly_walk_is_written_down(chain: None) -> None:
    enqueue("journal.verify")
    run_ready()
    found = Verification.objects.get()
    assert (found.first_seq, found.last_seq, found.fault) == (1, 9, "")
    assert chain_state().last_verification == found
    assert str(found).endswith("sound")


def test_a_broken_chain_makes_a_dead_letter(chain: None) -> None:
    with unguarded() as execute:
        execute("UPDATE journal_fact SET note = 'x' WHERE seq = 4")
    job_id = enqueue("journal.verify")
    run_ready()
    assert job(job_id).state == JobState.DEAD
    assert "Fact 4" in job(job_id).error
    assert Verification.objects.get().fault_seq == 4


run = CliRunner().invoke


def test_the_command_verify_answers_with_its_exit_code(chain: None, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    assert run(app, ["anchor", str(file)]).exit_code == 0
    good = run(app, ["verify", "--from", "2", "--anchor", str(file)])
    assert good.exit_code == 0
    assert "8 facts are sound up to 9" in good.output
    with unguarded() as execute:
        execute("UPDATE journal_fact SET note = 'x' WHERE seq = 4")
    bad = run(app, ["verify"])
    assert bad.exit_code == 1
    assert "Fact 4" in bad.output
    assert run(app, ["verify", "--anchor", str(tmp_path / "none")]).exit_code == 2


def test_the_command_show_tells_what_happened(chain: None) -> None:
    shown = run(app, ["show", "--subject", "thing:4"])
    assert shown.output.count("thing.made") == 1
    assert run(app, ["show", "--subject", "nonsense"]).exit_code == 2
