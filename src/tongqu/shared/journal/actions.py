"""Writes facts: inside `act()`, one transaction carries the change and its facts, or neither."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from tongqu.shared.jobs import actions as jobs
from tongqu.shared.journal.models import ChainHead, Fact
from tongqu.shared.journal.rules import GENESIS, Actor, Subject, canonical_json, chain_hash

P = ParamSpec("P")
R = TypeVar("R")


class NotInAct(Exception):
    """A fact was to be recorded outside `act()`, where it could outlive a change that was rolled back."""

    def __init__(self) -> None:
        super().__init__("Record facts inside `with journal.act():`, in the transaction of the change.")


@dataclass
class _Act:
    facts: list[Fact] = field(default_factory=list)


_current: ContextVar[_Act | None] = ContextVar("tongqu_act", default=None)


@contextmanager
def act() -> Iterator[None]:
    """Run a block as one act: one transaction, whose facts join the chain just before it commits.

    Acts nest: an inner act that fails leaves none of its facts behind. The chain's lock is taken last and held
    only while the rows are inserted, so that writers do not wait for each other's work and cannot deadlock on it.
    """
    outer = _current.get()
    if outer is not None:
        mark = len(outer.facts)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            del outer.facts[mark:]
            raise
        return
    mine = _Act()
    token = _current.set(mine)
    try:
        with transaction.atomic():
            yield
            _append(mine.facts)
    finally:
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
    current = _current.get()
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
    """Give the facts their places at the end of the chain and queue their deliveries."""
    if not facts:
        return
    head = ChainHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        head = ChainHead(seq=0, hash=GENESIS)
    for fact in facts:
        head.seq += 1
        fact.seq = head.seq
        fact.previous_hash = head.hash
        head.hash = fact.hash = chain_hash(head.hash, fact.hashed_fields())
    Fact.objects.bulk_create(facts)
    head.save()
    for fact in facts:
        for name in subscribers_of(fact.verb):
            jobs.enqueue("journal.deliver", fact_id=str(fact.id), subscriber=name)


Subscriber = Callable[[Fact], None]
_subscribers: dict[str, tuple[str, Subscriber]] = {}


def on(verb: str, handler: Subscriber) -> None:
    """Have the handler called after commit with every fact of the verb, at least once, by the worker.

    Call it from `AppConfig.ready()`. The handler runs in a transaction of its own and must be idempotent by the
    fact's id. A verb ending in `.*` takes every fact of that kind.
    """
    _subscribers[f"{verb} -> {handler.__module__}.{handler.__qualname__}"] = (verb, handler)


def subscribers_of(verb: str) -> list[str]:
    """Return the names of the handlers that want facts of the verb."""
    kind = verb.split(".", 1)[0]
    return [name for name, (wanted, _) in _subscribers.items() if wanted in (verb, f"{kind}.*")]


def handler_of(name: str) -> Subscriber:
    """Return the handler registered under the name; `KeyError` when it has gone."""
    return _subscribers[name][1]
