"""Packs cases into the blocks from which maps and statistics count. The blocks hold nothing that cases do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import uuid4

import numpy as np
from django.db import transaction

from tongqu.shared.journal.queries import last_seq
from tongqu.systems.cases.analytics.records import LAYOUT, OPEN_BLOCK, Record, Records, block_of, day_of
from tongqu.systems.cases.models.blocks import CaseBlock, CaseBlocksState
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.blocks import changed_between, records_of

AT_ONCE = 5000


def pack(*, at: datetime) -> int:
    """Bring the blocks up to date with the journal; return how many cases were packed.

    Blocks of another layout, or none at all, are made anew. Running it again changes nothing.
    """
    if not CaseBlocksState.objects.filter(pk=1, layout=LAYOUT).exists():
        return rebuild(at=at)
    total = 0
    while (found := _pack_some(at)) is not None:
        total += found
    return total


@transaction.atomic
def _pack_some(at: datetime) -> int | None:
    """Pack the cases of the next facts; return how many, None when there are no facts left."""
    state = CaseBlocksState.objects.select_for_update().get(pk=1)
    head = last_seq()
    up_to = min(head, state.seq + AT_ONCE)
    changed = changed_between(state.seq, up_to)
    if changed:
        _replace(records_of(changed), changed)
    if up_to == head:
        state.as_of = at
    is_done, state.seq = up_to == state.seq, up_to
    state.save()
    return None if is_done else len(changed)


def _replace(records: Sequence[Record], ids: Sequence[int]) -> None:
    """Put the records into their blocks, in place of what those knew of the cases."""
    new: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        new[block_of(record)].append(record)
    # A case lies among the open ones or in the month of its report, which never changes.
    touched = {OPEN_BLOCK, *new, *(f"{day_of(record.day):%Y-%m}" for record in records)}
    known = {block.key: block for block in CaseBlock.objects.filter(key__in=touched)}
    gone = np.array(ids, np.uint32)
    for key in sorted(touched):
        block = known.get(key)
        before = Records.unpacked(bytes(block.packed), block.count) if block else Records.of([])
        after = Records.joined([before.without(gone), Records.of(new.get(key, []))]).by_cell()
        if len(after) or block:
            _keep(key, after)


def _keep(key: str, records: Records) -> None:
    CaseBlock.objects.update_or_create(
        key=key, defaults={"token": uuid4(), "count": len(records), "packed": records.packed()}
    )


def rebuild(*, at: datetime, tell: Callable[[int], None] = lambda count: None) -> int:
    """Make all blocks anew from the cases; return how many cases they hold. Acts meanwhile are not lost."""
    seq = last_seq()
    parts: dict[str, list[Records]] = defaultdict(list)
    last, total = 0, 0
    while ids := list(Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        new: dict[str, list[Record]] = defaultdict(list)
        for record in records_of(ids):
            new[block_of(record)].append(record)
        for key, rows in new.items():
            parts[key].append(Records.of(rows))
        last, total = ids[-1], total + len(ids)
        tell(total)
    with transaction.atomic():
        CaseBlock.objects.exclude(key__in=parts).delete()
        for key, some in parts.items():
            _keep(key, Records.joined(some).by_cell())
        CaseBlocksState.objects.update_or_create(pk=1, defaults={"seq": seq, "as_of": at, "layout": LAYOUT})
    return total
