"""Reads the cases as columns: the kept blocks, with what has changed since laid over them."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.queries import last_seq
from tongqu.systems.cases.analytics.records import (
    INVENTED,
    LATE,
    LAYOUT,
    NO_TIME,
    OPEN_BLOCK,
    REOPENED,
    RETURNED,
    SOURCES,
    STATES,
    Record,
    Records,
    block_of,
    day_number,
    minute_of,
)
from tongqu.systems.cases.models.blocks import CaseBlock, CaseBlocksState
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.lifecycle import State

MOST_FACTS = 6000
"""So many facts at most are laid over the blocks for one answer; what is beyond shows when the worker has packed it."""
MOST_KEPT_BYTES = 400_000_000
AT_ONCE = 500
"""How many ids one statement names."""


@dataclass(frozen=True)
class Sight:
    """The cases, and whether all of the journal is in them; if not, the instant up to which it is."""

    blocks: list[Records]
    is_behind: bool = False
    as_of: datetime | None = None


def blocks(months: Collection[str] | None = None, *, with_ended: bool = True) -> Sight:
    """Return the open cases, and the ended ones reported in these months (2026-09), else in all.

    Cases that changed since the blocks were packed are read as they are now.
    """
    # The order matters: blocks read after the number can only be newer, and what is newer is laid over them.
    state = CaseBlocksState.objects.filter(pk=1, layout=LAYOUT).first()
    seq, head = state.seq if state else 0, last_seq()
    changed = changed_between(seq, min(head, seq + MOST_FACTS))
    kept = _kept(_wanted(months, with_ended)) if state else {}
    new: dict[str, list[Record]] = defaultdict(list)
    for record in records_of(changed):
        new[block_of(record)].append(record)
    ids = np.array(changed, np.uint32)
    found = [block.without(ids) for block in kept.values()]
    found += [
        Records.of(rows)
        for key, rows in new.items()
        if key == OPEN_BLOCK or (with_ended and (months is None or key in months))
    ]
    some = [block for block in found if len(block)]
    return Sight(some, head > seq + MOST_FACTS, state.as_of if state else None)


def _wanted(months: Collection[str] | None, with_ended: bool) -> dict[str, UUID]:
    """Return the tokens of the blocks asked for."""
    rows = CaseBlock.objects.values_list("key", "token")
    if not with_ended:
        rows = rows.filter(key=OPEN_BLOCK)
    elif months is not None:
        rows = rows.filter(key__in=[OPEN_BLOCK, *months])
    return dict(rows)


_memory: OrderedDict[UUID, Records] = OrderedDict()
"""Blocks that were read, the last used at the end; a block that changes gets another token."""


def _kept(tokens: dict[str, UUID]) -> dict[str, Records]:
    """Return the blocks, from memory or else from the database."""
    absent = [key for key, token in tokens.items() if token not in _memory]
    for block in CaseBlock.objects.filter(key__in=absent) if absent else ():
        tokens[block.key] = block.token
        _memory[block.token] = Records.unpacked(bytes(block.packed), block.count)
    found = {key: _memory[token] for key, token in tokens.items() if token in _memory}
    for token in tokens.values():
        if token in _memory:
            _memory.move_to_end(token)
    _forget()
    return found


def _forget() -> None:
    """Drop the blocks that were not used for longest, down to the limit of memory."""
    size = sum(block.size_bytes for block in _memory.values())
    while size > MOST_KEPT_BYTES and len(_memory) > 1:
        _token, block = _memory.popitem(last=False)
        size -= block.size_bytes


def changed_between(after: int, up_to: int) -> list[int]:
    """Return the ids of the cases of which the facts after the first and up to the second number speak."""
    rows = Fact.objects.filter(seq__gt=after, seq__lte=up_to, subject_kind__in=["case", "duty"])
    found = list(rows.order_by().values_list("subject_kind", "subject_id"))
    cases = {int(pk) for kind, pk in found if kind == "case"}
    duties = sorted({pk for kind, pk in found if kind == "duty"})
    for part in _parts(duties):
        of_duties = Duty.objects.filter(pk__in=part, subject_kind="case").values_list("subject_id", flat=True)
        cases.update(map(int, of_duties))
    return sorted(cases)


def _parts(ids: Sequence[str] | Sequence[int]) -> Iterable[Sequence[str] | Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


_CASE = (
    "id", "cell", "reported_at", "matter_id", "division_id", "owner_unit_id", "state", "source", "returns",
    "is_invented", "duty__red_at",
)  # fmt: skip


def records_of(ids: Sequence[int]) -> list[Record]:
    """Return the cases as they are counted, read from the cases, their duties and the journal."""
    found: list[Record] = []
    zone = ZoneInfo(settings.TIME_ZONE)
    for part in _parts(ids):
        texts = [str(pk) for pk in part]
        reopened = set(
            Fact.objects.filter(subject_kind="case", subject_id__in=texts, verb="case.reopened").values_list(
                "subject_id", flat=True
            )
        )
        times = _times(texts)
        for row in Case.objects.filter(pk__in=part).values_list(*_CASE):
            known = times.get(str(row[0]), _NO_TIMES)
            found.append(_record(row, known, str(row[0]) in reopened, zone))
    return found


@dataclass
class _Times:
    """Counted seconds of what was met for a case."""

    accept: int = NO_TIME
    handle: int = NO_TIME
    total: int = NO_TIME
    is_late: bool = False

    def add(self, kind: str, seconds: int, is_late: bool) -> None:
        """Add one duty that was met."""
        self.total = max(self.total, 0) + seconds
        if kind == "accept" and self.accept == NO_TIME:
            self.accept = seconds
        if kind == "handle":
            self.handle = max(self.handle, 0) + seconds
            self.is_late = self.is_late or is_late


_NO_TIMES = _Times()


def _times(subjects: Sequence[str]) -> dict[str, _Times]:
    met = Duty.objects.filter(subject_kind="case", subject_id__in=subjects, met_at__isnull=False)
    rows = met.order_by("id").values_list("subject_id", "kind", "worked_seconds", "is_late")
    found: dict[str, _Times] = defaultdict(_Times)
    for subject, kind, seconds, is_late in rows:
        found[subject].add(kind, seconds or 0, bool(is_late))
    return found


def _record(row: tuple, times: _Times, is_reopened: bool, zone: ZoneInfo) -> Record:  # type: ignore[type-arg]
    pk, cell, reported_at, matter, division, unit, state, source, returns, is_invented, red_at = row
    flags = (
        (LATE if times.is_late else 0)
        | (RETURNED if returns else 0)
        | (REOPENED if is_reopened else 0)
        | (INVENTED if is_invented else 0)
    )
    is_closed = state == State.CLOSED
    return Record(
        id=pk,
        cell=cell or 0,
        day=day_number(reported_at.astimezone(zone).date()),
        matter=matter or 0,
        division=division or 0,
        unit=unit or 0,
        state=STATES.index(State(state)),
        source=SOURCES.index(Source(source)),
        flags=flags,
        accept_s=times.accept,
        handle_s=times.handle,
        total_s=times.total if is_closed else NO_TIME,
        red_min=minute_of(red_at) if red_at else 0,
    )
