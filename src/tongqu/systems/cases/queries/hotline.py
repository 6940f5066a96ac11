"""Reads an export of the hotline: which rows become reports, which are known, which are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.cases.models.hotline import HotlineMapping, HotlineOrder
from tongqu.systems.cases.queries.tables import whole_sheets
from tongqu.systems.cases.rules.hotline import (
    HEADINGS,
    Order,
    guessed,
    head_of,
    mapping_problems,
    read_order,
)

CHUNK = 500


@dataclass(frozen=True)
class Export:
    """What a file holds under a mapping: orders to take in, and what is wrong with the rest."""

    file: str
    headings: list[str]
    mapping: dict[str, str]
    orders: list[Order] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    row_count: int = 0

    @property
    def refused_count(self) -> int:
        """Rows that are not taken in."""
        return self.row_count - len(self.orders)


def read_export(data: bytes, name: str, mapping: Mapping[str, str] | None = None) -> Export:
    """Read the file; without a mapping the usual headings decide. Raises `BadInput` for a file that is none of ours."""
    [rows] = whole_sheets(data, name, most=1)
    if not any(any(row) for row in rows):
        raise BadInput([Problem(_("The file has no rows. Choose another."), "empty", name)])
    head = head_of(rows)
    headings = list(dict.fromkeys(filter(None, rows[head])))
    chosen = {
        key: value for key, value in (mapping or guessed(headings)).items() if value and key in HEADINGS
    }
    wrong = mapping_problems(chosen, headings, name, _)
    if wrong:
        return Export(name, headings, chosen, problems=wrong)
    return _orders(Export(name, headings, chosen), rows, head)


def _orders(export: Export, rows: list[list[str]], head: int) -> Export:
    places = {key: rows[head].index(heading) for key, heading in export.mapping.items()}
    first_row: dict[str, int] = {}
    count = 0
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if not any(row):
            continue
        count += 1
        cells = {key: row[place] for key, place in places.items() if place < len(row)}
        order, problems = read_order(number, cells, file=export.file, zone=settings.TIME_ZONE, _=_)
        export.problems.extend(problems)
        if order is None:
            continue
        if order.number in first_row:
            say = _("Row %(row)s has the same number. Keep one of the two.") % {
                "row": first_row[order.number]
            }
            export.problems.append(Problem(say, "twice", export.file, number, "number"))
            continue
        first_row[order.number] = number
        export.orders.append(order)
    return Export(export.file, export.headings, export.mapping, export.orders, export.problems, count)


def known_numbers(orders: list[Order]) -> set[str]:
    """Return the numbers among the orders that were taken in before."""
    found: set[str] = set()
    for start in range(0, len(orders), CHUNK):
        part = [order.number for order in orders[start : start + CHUNK]]
        found.update(HotlineOrder.objects.filter(number__in=part).values_list("number", flat=True))
    return found


def mapping_named(name: str) -> HotlineMapping:
    """Return the stored mapping; raises `BadInput` when there is none of that name."""
    found = HotlineMapping.objects.filter(name=name).first()
    if found is None:
        names = ", ".join(HotlineMapping.objects.values_list("name", flat=True)) or "–"
        say = _("No mapping is named “%(name)s”. There are: %(names)s.") % {"name": name, "names": names}
        raise BadInput([Problem(say, "unknown-mapping", field="mapping")])
    return found
