"""The database itself refuses to change the journal, whatever client asks."""

from datetime import datetime

import pytest
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction

from tongqu.shared.journal.actions import act, record
from tongqu.shared.journal.models import ChainHead, Fact
from tongqu.shared.journal.rules import SYSTEM, Subject

COLUMNS = (
    "seq, id, at, actor_ref, actor_name, actor_unit, verb, subject_kind, subject_id, subject_label,"
    " division_path, unit_path, before, after, evidence, note, previous_hash, hash"
)
OTHER_ID = "'00000000-0000-4000-8000-000000000001'"


def copied(seq: str, fact_id: str, previous: str) -> str:
    """An insert that copies the last fact under another number, id or link."""
    rest = COLUMNS.split("at,", 1)[1].rsplit(", previous_hash", 1)[0]
    return (
        f"INSERT INTO journal_fact ({COLUMNS}) SELECT {seq}, {fact_id}, at, {rest}, {previous}, hash"
        " FROM journal_fact WHERE seq = 2"
    )


REFUSED = {
    "change a fact": "UPDATE journal_fact SET note = 'forged' WHERE seq = 1",
    "change a hash": "UPDATE journal_fact SET hash = previous_hash",
    "delete a fact": "DELETE FROM journal_fact WHERE seq = 2",
    "delete all": "DELETE FROM journal_fact",
    "leave a gap": copied("9", OTHER_ID, "hash"),
    "fork the chain": copied("3", OTHER_ID, "previous_hash"),
    "use an id again": copied("3", "id", "hash"),
    "turn the head back": "UPDATE journal_chainhead SET seq = 1",
    "leave the head with another hash": "UPDATE journal_chainhead SET hash = 'forged'",
    "delete the head": "DELETE FROM journal_chainhead",
    "add a second head": "INSERT INTO journal_chainhead (id, seq, hash) VALUES (2, 9, 'forged')",
}
REFUSED_BY_SQLITE = {
    "replace a fact": copied("2", "id", "hash").replace("INSERT", "INSERT OR REPLACE", 1),
    "replace by id": copied("3", "id", "hash").replace("INSERT", "INSERT OR REPLACE", 1),
    "replace the head": "INSERT OR REPLACE INTO journal_chainhead (id, seq, hash) VALUES (1, 9, 'forged')",
}
REFUSED_BY_POSTGRESQL = {
    "truncate": "TRUNCATE journal_fact",
    "truncate the head": "TRUNCATE journal_chainhead",
    "upsert": copied("2", "id", "hash") + " ON CONFLICT (seq) DO UPDATE SET note = 'forged'",
    "merge": "MERGE INTO journal_fact f USING journal_chainhead h ON f.seq = h.seq WHEN MATCHED THEN DELETE",
}


@pytest.fixture
def two_facts(db: None, at: datetime) -> None:
    for number in "12":
        with act():
            record("thing.made", Subject("thing", number), by=SYSTEM, at=at)


def refuses(sql: str) -> None:
    facts, head = list(Fact.objects.values()), ChainHead.objects.values().get()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert (list(Fact.objects.values()), ChainHead.objects.values().get()) == (facts, head)


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_the_database_refuses_to(two_facts: None, sql: str) -> None:
    refuses(sql)


@pytest.mark.parametrize("sql", REFUSED_BY_SQLITE.values(), ids=REFUSED_BY_SQLITE)
def test_sqlite_refuses_to(two_facts: None, sql: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own ways around a trigger")
    refuses(sql)


@pytest.mark.parametrize("sql", REFUSED_BY_POSTGRESQL.values(), ids=REFUSED_BY_POSTGRESQL)
def test_postgresql_refuses_to(two_facts: None, sql: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's own ways around a trigger")
    refuses(sql)


def test_the_guard_says_why(two_facts: None) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM journal_fact")


def test_an_act_still_appends_under_the_guard(two_facts: None, at: datetime) -> None:
    with act():
        for number in "345":
            record("thing.made", Subject("thing", number), by=SYSTEM, at=at)
    assert list(Fact.objects.values_list("seq", flat=True)) == [1, 2, 3, 4, 5]


def test_flushing_after_a_transactional_test_leaves_an_empty_guarded_chain(
    committed_db: None, at: datetime
) -> None:
    with act():
        record("thing.made", Subject("thing", "1"), by=SYSTEM, at=at)
    connection.ops.execute_sql_flush(
        connection.ops.sql_flush(
            no_style(),
            ["journal_fact", "journal_chainhead"],
        )
    )
    assert not Fact.objects.exists()
    with act():
        record("thing.made", Subject("thing", "2"), by=SYSTEM, at=at)
    refuses("DELETE FROM journal_fact")
