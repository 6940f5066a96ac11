"""Writes facts: inside `act()`, one transaction carries the change and its facts, or neither."""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from tongqu.shared.jobs import actions as jobs
from tongqu.shared.journal.analytics import Walk
from tongqu.shared.journal.models import ChainHead, Delivered, Fact, Verification
from tongqu.shared.journal.rules import Actor, Anchor, Subject, canonical_json, chain_hash, instant_text

P = ParamSpec("P")
R = TypeVar("R")


class NotInAct(Exception):
    """A fact was to be recorded outside `act()`, where it could outlive a change that was rolled back."""

    def __init__(self) -> None:
        super().__init__("Record facts inside `with journal.act():`, in the transaction of the change.")


class SubscriberGone(Exception):
    """A fact is to be delivered to a subscriber that no app registers any more."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No subscriber is registered under {name!r}. Register it again, or discard this delivery."
        )


@dataclass
class _Act:
    facts: list[Fact] = field(default_factory=list)
    connection: object = None
    is_open: bool = True


_current: ContextVar[_Act | None] = ContextVar("tongqu_act", default=None)


def _act_under_way() -> _Act | None:
    """Return the act of this connection's transaction.

    A context is copied into new threads and tasks, which have a connection of their own or outlive the act;
    what they do belongs to another transaction and so to another act.
    """
    current = _current.get()
    if current is None or not current.is_open or current.connection is not transaction.get_connection():
        return None
    return current


TURN_S = 30.0
"""How long an act waits for its turn to write to SQLite before it leaves the matter to SQLite itself."""


@contextmanager
def _turn() -> Iterator[None]:
    """On SQLite, let the writers of all processes take turns.

    SQLite's own waiting sleeps longer the longer it has waited, so that with many writers the unlucky ones
    starve until they fail. Here all ask equally often for a lock beside the database, which the kernel frees
    when a process dies. Inside a transaction the writer has its turn already.
    """
    connection = transaction.get_connection()
    file = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or connection.in_atomic_block or not file.is_file():
        yield
        return
    descriptor = os.open(f"{file}-turn", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        end = time.monotonic() + TURN_S
        while not _locked(descriptor) and time.monotonic() < end:
            time.sleep(0.001)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def act() -> Iterator[None]:
    """Run a block as one act: one transaction, whose facts join the chain just before it commits.

    Acts nest: an inner act that fails leaves none of its facts behind. The chain's lock is taken last and held
    only while the rows are inserted, so that writers do not wait for each other's work and cannot deadlock on it.
    """
    outer = _act_under_way()
    if outer is not None:
        mark = len(outer.facts)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            del outer.facts[mark:]
            raise
        return
    mine = _Act(connection=transaction.get_connection())
    token = _current.set(mine)
    try:
        with _turn(), transaction.atomic():
            yield
            mine.is_open = False
            _append(mine.facts)
    finally:
        mine.is_open = False
        _current.reset(token)


def acting(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function run as one act."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with act():
            return function(*args, **kwargs)

    return run


def record(
    verb: str,
    subject: Subject,
    *,
    by: Actor,
    at: datetime,
    label: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    evidence: Iterable[str] = (),
    note: str = "",
    division_path: str = "",
    unit_path: str = "",
) -> uuid.UUID:
    """Record one fact of the act under way and return its id, by which subscribers know it again.

    `verb` is `<kind>.<what happened>` in the past tense (`case.closed`); `before` and `after` hold only what
    changed, as JSON values; `evidence` lists SHA-256 hashes. `division_path` and `unit_path` say where the fact
    belongs, for those who may see only a part. Raises `NotInAct` outside `act()`.
    """
    current = _act_under_way()
    if current is None:
        raise NotInAct
    fact = Fact(
        id=uuid.uuid4(),
        at=at,
        actor_ref=by.actor_ref,
        actor_name=by.actor_name,
        actor_unit=by.actor_unit,
        verb=verb,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_label=label,
        division_path=division_path,
        unit_path=unit_path,
        before=canonical_json(dict(before or {})),
        after=canonical_json(dict(after or {})),
        evidence=canonical_json(sorted(set(evidence))),
        note=note,
    )
    current.facts.append(fact)
    return fact.id


def _append(facts: list[Fact]) -> None:
    """Queue the facts' deliveries, then give the facts their places at the end of the chain.

    The lock on the head is the last that the transaction takes, and only the inserts happen under it.
    """
    if not facts:
        return
    for fact in facts:
        for name in subscribers_of(fact.verb):
            jobs.enqueue("journal.deliver", fact_id=str(fact.id), subscriber=name)
    head = ChainHead.objects.select_for_update().get(pk=1)
    for fact in facts:
        head.seq += 1
        fact.seq = head.seq
        fact.previous_hash = head.hash
        head.hash = fact.hash = chain_hash(head.hash, fact.hashed_fields())
    Fact.objects.bulk_create(facts)
    head.save(update_fields=["seq", "hash"])


Subscriber = Callable[[Fact], None]
_subscribers: dict[str, tuple[str, Subscriber]] = {}


def on(verb: str, handler: Subscriber, *, name: str = "") -> None:
    """Have the handler called after commit with every fact of the verb, by the worker.

    Call it from `AppConfig.ready()`. The handler runs in an act of its own; what it writes to the database is
    written once for each fact, because a mark of the delivery is written with it. What it does elsewhere (a
    message, a file) may happen again and must be idempotent by the fact's id. Order is not promised.

    A verb ending in `.*` takes every fact of that kind. Deliveries find the handler again by `name`, by default
    `<app>.<function> on <verb>`: it must stay the same while facts are on their way.
    """
    app = handler.__module__.removeprefix("tongqu.").split(".")[1]  # `systems.cases.actions` is of `cases`
    stable = name or f"{app}.{handler.__qualname__} on {verb}"
    if _subscribers.get(stable, (verb, handler)) != (verb, handler):
        raise ValueError(f"Two subscribers are named {stable!r}; give one of them another `name`.")
    _subscribers[stable] = (verb, handler)


def off(name: str) -> None:
    """Forget a subscriber; for tests."""
    del _subscribers[name]


def subscribers_of(verb: str) -> list[str]:
    """Return the names of the handlers that want facts of the verb."""
    kind = verb.split(".", 1)[0]
    return [name for name, (wanted, _) in _subscribers.items() if wanted in (verb, f"{kind}.*")]


@acting
def deliver(fact_id: str, subscriber: str) -> bool:
    """Hand one fact to one subscriber, unless it has it already; returns whether it was handed over.

    The mark of the delivery, the subscriber's rows and its facts are written in one act. Two workers with the
    same delivery meet at the mark: the second waits for the first and then finds it.
    """
    if subscriber not in _subscribers:
        raise SubscriberGone(subscriber)
    _, is_new = Delivered.objects.get_or_create(fact_id=fact_id, subscriber=subscriber)
    if is_new:
        _subscribers[subscriber][1](Fact.objects.get(id=fact_id))
    return is_new


def anchor(file: Path, at: datetime) -> Anchor:
    """Append the head of the chain to a file, on the disk before this returns."""
    head = ChainHead.objects.get(pk=1)
    found = Anchor(head.seq, head.hash, instant_text(at))
    with file.open("a", encoding="ascii") as stream:
        stream.write(found.line() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return found


def note_verification(walk: Walk, *, at: datetime, seconds: float) -> Verification:
    """Write down what a walk along the chain found, for the operations page."""
    broken = walk.broken
    return Verification.objects.create(
        at=at,
        first_seq=walk.first_seq,
        last_seq=walk.last_seq,
        seconds=seconds,
        fault=broken.fault.value if broken else "",
        fault_seq=broken.seq if broken else None,
        says=broken.says[:300] if broken else "",
    )
