"""Compares the blocks with the cases they were packed from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tongqu.systems.cases.analytics.records import Record, Records
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.blocks import blocks, records_of

AT_ONCE = 5000


def differences(tell: Callable[[int], None] = lambda count: None) -> Iterator[str]:
    """Yield a sentence for each case that the blocks tell of otherwise than it stands, or not at all, or wrongly."""
    whole = Records.joined(blocks().blocks)
    names = list(whole.columns)
    rows = zip(*(whole[name].tolist() for name in names), strict=True)
    kept = {row[0]: Record(*row) for row in rows}
    last = compared = 0
    while ids := list(Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        for record in records_of(ids):
            found = kept.pop(record.id, None)
            if found is None:
                yield f"case {record.id} is in no block"
            elif found != record:
                fields = [name for name in names if getattr(found, name) != getattr(record, name)]
                yield f"case {record.id} differs in {', '.join(fields)}"
        last, compared = ids[-1], compared + len(ids)
        tell(compared)
    for pk in kept:
        yield f"block holds case {pk}, which does not exist"
