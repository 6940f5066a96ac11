"""Reads facts: of a subject, the newest, those in someone's sight; and walks along the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from tongqu.shared.journal.analytics import Row, Walk, walk_chain
from tongqu.shared.journal.models import ChainHead, Fact, Verification
from tongqu.shared.journal.rules import GENESIS, Anchor, Broken, Fault, Subject


class Sight(Protocol):
    """How far someone sees; `access.queries.scope_of` gives it for a person."""

    def q(self, division_field: str = "division_path", unit_field: str = "unit_path") -> Q:
        """Return the condition that a row is in sight."""
        ...


def facts(sight: Sight | None = None) -> QuerySet[Fact]:
    """Return the facts in sight, oldest first; without a sight, all of them."""
    return Fact.objects.filter(sight.q() if sight else Q())


def facts_of(subject: Subject, sight: Sight | None = None) -> QuerySet[Fact]:
    """Return what happened to the subject, oldest first."""
    return facts(sight).filter(subject_kind=subject.kind, subject_id=subject.id)


def newest(limit: int, sight: Sight | None = None) -> list[Fact]:
    """Return the last facts, newest first."""
    return list(facts(sight).order_by("-seq")[:limit])


def after(seq: int, limit: int = 200, sight: Sight | None = None) -> list[Fact]:
    """Return the facts that follow the number, oldest first: what a live page has not shown yet.

    Numbers are given under the chain's lock, so that none can appear later before one already seen.
    """
    return list(facts(sight).filter(seq__gt=seq)[:limit])


def before(seq: int | None, limit: int = 100, sight: Sight | None = None) -> list[Fact]:
    """Return the facts up to the number, without it, newest first: one page of the journal."""
    found = facts(sight) if seq is None else facts(sight).filter(seq__lt=seq)
    return list(found.order_by("-seq")[:limit])


def fact(fact_id: UUID | str, sight: Sight | None = None) -> Fact | None:
    """Return the fact, or None where there is none in sight."""
    return facts(sight).filter(id=fact_id).first()


@dataclass(frozen=True)
class Wanted:
    """What an auditor looks for; empty means any."""

    actor: str = ""
    verb: str = ""
    subject: Subject | None = None
    since: datetime | None = None
    until: datetime | None = None

    def q(self) -> Q:
        """Return the condition for the database; each part is served by an index."""
        found = Q()
        if self.actor:
            found &= Q(actor_ref=self.actor) | Q(actor_name=self.actor)
        if self.verb.endswith(".*"):
            found &= Q(verb__startswith=self.verb[:-1])
        elif self.verb:
            found &= Q(verb=self.verb)
        if self.subject:
            found &= Q(subject_kind=self.subject.kind, subject_id=self.subject.id)
        if self.since:
            found &= Q(at__gte=self.since)
        if self.until:
            found &= Q(at__lt=self.until)
        return found


def last_seq() -> int:
    """Return the number of the last fact; 0 when there is none."""
    return ChainHead.objects.values_list("seq", flat=True).filter(pk=1).first() or 0


# The chain.


@dataclass(frozen=True)
class ChainState:
    """The end of the chain and what the last walk along it found."""

    seq: int
    hash: str
    last_at: datetime | None
    last_verification: Verification | None


def chain_state() -> ChainState:
    """Return the end of the chain and its last verification."""
    head = ChainHead.objects.get(pk=1)
    last = Fact.objects.order_by("-seq").first()
    return ChainState(head.seq, head.hash, last.at if last else None, Verification.objects.first())


# What a hash binds, as the text that it was made from, written by the database: five times as fast as through
# Django's fields. Page by page along the key, so that no walk holds a snapshot or a cursor for long.
_SQLITE_ROWS = """
    SELECT CAST(seq AS TEXT),
        substr(id, 1, 8) || '-' || substr(id, 9, 4) || '-' || substr(id, 13, 4) || '-' || substr(id, 17, 4)
            || '-' || substr(id, 21),
        substr(at, 1, 10) || 'T' || substr(at, 12, 8) || '.' || substr(substr(at, 21) || '000000', 1, 6) || 'Z',
        actor_ref, actor_name, actor_unit, verb, subject_kind, subject_id, subject_label, division_path, unit_path,
        before, after, evidence, note, previous_hash, hash
    FROM journal_fact WHERE seq >= %s AND seq <= %s ORDER BY journal_fact.seq LIMIT 5000
"""
_POSTGRESQL_ROWS = """
    SELECT seq::text, id::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        actor_ref, actor_name, actor_unit, verb, subject_kind, subject_id, subject_label, division_path, unit_path,
        before, after, evidence, note, previous_hash, hash
    FROM journal_fact WHERE seq >= %s AND seq <= %s ORDER BY journal_fact.seq LIMIT 5000
"""


def _rows(from_seq: int, up_to: int) -> Iterator[Row]:
    sql = _SQLITE_ROWS if connection.vendor == "sqlite" else _POSTGRESQL_ROWS
    with connection.cursor() as cursor:
        while True:
            cursor.execute(sql, [from_seq, up_to])
            page = cursor.fetchall()
            yield from page
            if not page:
                return
            from_seq = int(page[-1][0]) + 1


def read_anchors(file: Path) -> dict[int, str]:
    """Return the hashes of an anchor file by number; raises `BadAnchor` and `OSError`."""
    lines = file.read_text(encoding="ascii").splitlines()
    found = [Anchor.parse(line) for line in lines if line.strip()]
    return {anchor.seq: anchor.hash for anchor in found if anchor.seq > 0}


def verify(
    from_seq: int = 1,
    anchors: dict[int, str] | None = None,
    tell: Callable[[int], None] = lambda seq: None,
) -> Walk:
    """Walk along the chain to its head as it stands now and name the first broken fact.

    Facts that are appended meanwhile are left to the next walk.
    """
    head = ChainHead.objects.get(pk=1)
    before_first = GENESIS
    if from_seq > 1:
        before_first = Fact.objects.values_list("hash", flat=True).filter(seq=from_seq - 1).first() or ""
    wanted = {seq: hash_ for seq, hash_ in (anchors or {}).items() if seq >= from_seq}
    walk = walk_chain(
        _rows(from_seq, head.seq), first_seq=from_seq, before=before_first, anchors=wanted, tell=tell
    )
    if (
        walk.broken is None
        and from_seq <= head.seq
        and (walk.last_seq, walk.last_hash) != (head.seq, head.hash)
    ):
        says = (
            f"the chain ends at {walk.last_seq}, but its head says {head.seq}; facts were cut off or added."
        )
        return Walk(from_seq, walk.last_seq, walk.last_hash, Broken(Fault.HEAD, walk.last_seq + 1, says))
    if walk.broken is None and Fact.objects.filter(seq__gt=head.seq).exists() and not _has_moved(head.seq):
        says = "it lies beyond the head; it was not appended by an act."
        return Walk(from_seq, walk.last_seq, walk.last_hash, Broken(Fault.HEAD, head.seq + 1, says))
    return walk


def _has_moved(seq: int) -> bool:
    """Answer whether the head has gone on since it stood at the number."""
    return last_seq() > seq
