"""Takes in an export of the hotline: each work order is one case, however often the file comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.jobs.actions import enqueue
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, NamedActor, Subject
from tongqu.shared.region.models import Division, Person
from tongqu.systems.cases.actions.report import Report
from tongqu.systems.cases.actions.report_many import report_many
from tongqu.systems.cases.models.hotline import HotlineImport, HotlineMapping, HotlineOrder
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.hotline import Export, known_numbers, read_export
from tongqu.systems.cases.rules.hotline import Order
from tongqu.systems.cases.rules.kinds import Source

HOTLINE = NamedActor("hotline", "12345热线")
"""Who reports what an export holds, whoever imports it: so the same number is the same case for all."""
KEPT_FOR = timedelta(days=1)
MOST_PROBLEMS = 1000
AT_ONCE = 200
"""Orders taken in by one act."""
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What became of a file."""

    new: int
    known: int
    refused: int
    problems: list[Problem]


@acting
def save_mapping(name: str, columns: Mapping[str, str], *, by: Actor, at: datetime) -> HotlineMapping:
    """Keep which column holds which field, under a name; the same name again replaces it."""
    clean = name.strip()
    if not clean or len(clean) > 60:
        raise BadInput([Problem(_("Give the mapping a name of 1 to 60 letters."), "name", field="name")])
    mapping, _is_new = HotlineMapping.objects.update_or_create(
        name=clean, defaults={"columns": dict(columns), "changed_at": at}
    )
    record(
        "hotline.mapping_saved",
        Subject("hotline_mapping", str(mapping.pk)),
        by=by,
        at=at,
        label=clean,
        after={"columns": dict(columns)},
    )
    return mapping


def draft_import(
    data: bytes, name: str, *, mapping: Mapping[str, str] | None, by: Person, at: datetime
) -> HotlineImport:
    """Keep a file until it is taken in, for a day at most; raises `BadInput` for a file that is none of ours."""
    export = read_export(data, name, mapping)
    return HotlineImport.objects.create(
        name=name[:200], data=data, columns=export.mapping, made_by=by, made_at=at
    )


def forget_drafts(at: datetime) -> int:
    """Delete the files that nobody confirmed within a day, for they hold personal data; returns how many."""
    old = HotlineImport.objects.filter(state=HotlineImport.DRAFT, made_at__lt=at - KEPT_FOR)
    return old.delete()[0]


def change_columns(draft: HotlineImport, columns: Mapping[str, str]) -> None:
    """Choose other columns for a file that has not been taken in."""
    HotlineImport.objects.filter(pk=draft.pk, state=HotlineImport.DRAFT).update(columns=dict(columns))


@acting
def start_import(draft: HotlineImport, *, by: Actor, at: datetime) -> None:
    """Have the worker take the file in; a second click does nothing more."""
    changed = HotlineImport.objects.filter(pk=draft.pk, state=HotlineImport.DRAFT).update(
        state=HotlineImport.RUNNING
    )
    if changed:
        enqueue("cases.hotline_import", number=draft.pk)
        record("hotline.import_started", draft.subject, by=by, at=at, label=draft.name)


def run_import(batch: HotlineImport, *, clock: Callable[[], datetime], tell: Tell) -> None:
    """Take in a file that was confirmed, from wherever it stands; `take_in` says by which acts."""
    if batch.state != HotlineImport.RUNNING:
        return
    export = read_export(bytes(batch.data or b""), batch.name, batch.columns)
    outcome = take_in(export, clock=clock, tell=tell)
    _finish(batch, export, outcome, at=clock())


@acting
def _finish(batch: HotlineImport, export: Export, outcome: Outcome, *, at: datetime) -> None:
    batch.state, batch.data, batch.done_at = HotlineImport.DONE, None, at
    batch.row_count, batch.new_count = export.row_count, outcome.new
    batch.known_count, batch.refused_count = outcome.known, outcome.refused
    batch.problems = [
        [problem.row, problem.field, str(problem.message)] for problem in outcome.problems[:MOST_PROBLEMS]
    ]
    batch.save()
    counts = {"new": outcome.new, "known": outcome.known, "refused": outcome.refused}
    record("hotline.imported", batch.subject, by=batch.made_by, at=at, label=batch.name, after=counts)


def take_in(export: Export, *, clock: Callable[[], datetime], tell: Tell | None = None) -> Outcome:
    """Make a case of every order that is not known; a row that is refused does not hold up the others.

    Orders are taken in by acts of `AT_ONCE`: what a killed import has acknowledged stays, and the next goes on.
    """
    known = known_numbers(export.orders)
    wanted = [order for order in export.orders if order.number not in known]
    districts = _districts()
    matters = dict(Matter.objects.filter(is_active=True).values_list("name_zh_hans", "code"))
    problems, new = list(export.problems), 0
    for start in range(0, len(wanted), AT_ONCE):
        if tell is not None:
            tell(len(export.orders) - len(wanted) + start, len(export.orders))
        part = wanted[start : start + AT_ONCE]
        reports = [_report_of(order, districts, matters) for order in part]
        for order, became in zip(part, take_orders(part, reports, at=clock()), strict=True):
            if isinstance(became, BadInput):
                problems += [
                    Problem(p.message, p.code, export.file, order.row, p.field) for p in became.problems
                ]
            elif became:
                new += 1
            else:
                known.add(order.number)
    return Outcome(new, len(known), export.row_count - new - len(known), problems)


def _districts() -> dict[str, str]:
    """Return the codes of counties and townships by name; a name that two of them bear says nothing."""
    rows = list(Division.objects.filter(level__in=["county", "township"]).values_list("name_zh_hans", "code"))
    borne = Counter(name for name, _code in rows)
    return {name: code for name, code in rows if borne[name] == 1}


def _report_of(order: Order, districts: Mapping[str, str], matters: Mapping[str, str]) -> Report:
    """Return the order as a report. A district that we do not know is kept in the address."""
    code = districts.get(order.district, "")
    place = order.place if code or not order.district else f"{order.district} {order.place}".strip()
    return Report(
        text=order.text,
        title=order.title,
        source=Source.HOTLINE,
        division_code=code,
        matter_code=matters.get(order.kind, ""),
        place_text=place,
        reporter_name=order.name,
        reporter_phone=order.phone,
        idempotency_key=order.number,
    )


@acting
def take_orders(orders: list[Order], reports: Sequence[Report], *, at: datetime) -> list[bool | BadInput]:
    """Make a case of each work order; returns for each whether it is new, or why it was refused."""
    became: list[bool | BadInput] = []
    rows: dict[str, HotlineOrder] = {}
    made = report_many(reports, by=HOTLINE, at=at)
    known = known_numbers(orders)
    for order, case in zip(orders, made, strict=True):
        if isinstance(case, BadInput):
            became.append(case)
            continue
        is_new = order.number not in known and order.number not in rows
        became.append(is_new)
        if is_new:
            rows[order.number] = HotlineOrder(
                case=case,
                number=order.number,
                called_at=order.called_at,
                kind=order.kind[:100],
                district=order.district[:100],
            )
    HotlineOrder.objects.bulk_create(rows.values())
    return became
