"""Settles the claims of a report: confirmed ones become figures with the report as evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.actions.defining import define_indicator
from tongqu.systems.indicators.actions.keeping import check_keeper, required
from tongqu.systems.indicators.actions.recording import Origin, record_figures
from tongqu.systems.indicators.models.figures import Observation
from tongqu.systems.indicators.models.report import Report, StatedClaim
from tongqu.systems.indicators.queries.claims import (
    Compared,
    Reading,
    key_of,
    observations_of,
    reading_of,
    thing_mark,
)
from tongqu.systems.indicators.queries.knowledge import Knowledge, knowledge
from tongqu.systems.indicators.rules.claims.holding import Key, stand_ins
from tongqu.systems.indicators.rules.claims.meaning import Said
from tongqu.systems.indicators.rules.claims.mending import BadMend, Mend, changed_fields
from tongqu.systems.indicators.rules.claims.settling import CLAIM_MOVES, ClaimState, ReportState
from tongqu.systems.indicators.rules.definition import Status
from tongqu.systems.indicators.rules.figures import as_known
from tongqu.systems.indicators.rules.published_ranks import published_rank_definition
from tongqu.systems.indicators.rules.rows import Row

_WRONG = {
    "indicator": gettext_lazy("No indicator has this code. Choose one, or define it first."),
    "division": gettext_lazy("No division has this code. Choose one, or add it first."),
    "set": gettext_lazy("No set of divisions has this code. Choose one, or define it first."),
    "period": gettext_lazy("Write 2024, 2024-S1, 2024-Q3, 2024-09, or 2024-01/P9M for January to September."),
    "value": gettext_lazy("Write a number such as 105.2."),
    "value_from": gettext_lazy("Write a number such as 105.2."),
    "unit": gettext_lazy("Write a unit of at most 40 characters."),
    "rank": gettext_lazy("Write a rank from 1 to 9999."),
}


@dataclass(frozen=True)
class Confirmed:
    """What became of claims that were confirmed."""

    claims: int
    added: int
    revised: int
    supported: int
    """Claims that say what the store holds already."""
    statements: int
    """Claims that stay statements of their report."""


@acting
def confirm_claims(report: Report, claims: Collection[int] | None, *, by: Actor, at: datetime) -> Confirmed:
    """Confirm claims by their primary keys; with None all that nothing speaks against and nothing is lacking of.

    What the store does not hold as the claim says becomes a figure, known since the report was published. A claim that says what
    the store holds, rounding understood, is tied to that figure. Others stay statements. Raises `BadInput` for unknown keys.
    """
    check_keeper(by)
    locked = _locked(report)
    reading = reading_of(locked, _sees(by), at)
    chosen = [each for each in reading.claims if (each.is_ready if claims is None else each.row.pk in claims)]
    if claims is not None and (missing := set(claims) - {each.row.pk for each in chosen}):
        message = _("These are no claims of this report: %(claims)s. Load the page anew.")
        told = message % {"claims": ", ".join(map(str, sorted(missing)))}
        raise BadInput([Problem(told, code="unknown", field="claims")])
    for each in chosen:
        each.row.state = CLAIM_MOVES.target(each.row.state, "confirm")
        # The store may have learnt since what the claim is about.
        each.row.thing = thing_mark(each.stated, reading.knowledge.known)
    found = _become_figures(locked, chosen, reading.knowledge, by=by, at=at)
    _settle(locked, [each.row for each in chosen], by=by, at=at)
    if chosen:
        after = {"claims": [each.row.pk for each in chosen], "added": found.added, "revised": found.revised}
        _note("report.claims_confirmed", locked, by=by, at=at, after=after)
    return found


@acting
def mend_claim(claim: StatedClaim, mend: Mend, *, by: Actor, at: datetime) -> Confirmed:
    """Correct what was read, and confirm it as corrected; what was read stays. Raises `BadInput` with the field that is wrong.

    A figure that the claim had become and no longer states is withdrawn: what was known before counts again.
    """
    check_keeper(by)
    report = _locked(claim.report)
    row = StatedClaim.objects.get(pk=claim.pk, report=report)
    shelf = knowledge()
    before = dict(row.mended)
    try:
        row.mended = changed_fields(row.read, mend, shelf.known)
    except BadMend as bad:
        raise BadInput([Problem(str(_WRONG[bad.field]), code="bad-claim", field=bad.field)]) from bad
    row.state = CLAIM_MOVES.target(row.state, "mend")
    row.thing = thing_mark(row.stated, shelf.known)
    row.save()
    compared = _one(reading_of(report, _sees(by), at), row.pk)
    _withdraw(report, compared.row, {said.row.key for said in compared.meaning.said}, by=by, at=at)
    found = _become_figures(report, [compared], shelf, by=by, at=at)
    _settle(report, [compared.row], by=by, at=at, note=mend.note.strip()[:300])
    after = {"claim": row.pk, "fields": row.mended}
    _note("report.claim_mended", report, by=by, at=at, before={"fields": before}, after=after, note=mend.note)
    return found


@acting
def reject_claim(claim: StatedClaim, *, reason: str, by: Actor, at: datetime) -> None:
    """Reject a claim with the reason; a figure that it had become is withdrawn."""
    check_keeper(by)
    report = _locked(claim.report)
    row = StatedClaim.objects.get(pk=claim.pk, report=report)
    note = required(reason, "reason", 300)
    try:
        row.state = CLAIM_MOVES.target(row.state, "reject")
    except MoveNotAllowed:
        raise MoveNotAllowed(_("This claim is rejected already.")) from None
    _withdraw(report, row, frozenset(), by=by, at=at)
    _settle(report, [row], by=by, at=at, note=note)
    _note("report.claim_rejected", report, by=by, at=at, after={"claim": row.pk}, note=note)


def _sees(by: Actor) -> Person | None:
    return by if isinstance(by, Person) else None


def _locked(report: Report) -> Report:
    return Report.objects.select_for_update(of=("self",)).select_related("evidence").get(pk=report.pk)


def _one(reading: Reading, pk: int) -> Compared:
    return next(each for each in reading.claims if each.row.pk == pk)


def _origin(report: Report, spans: Mapping[Key, tuple[int, int]]) -> Origin:
    return Origin(
        report.title, report.known_at, report.source, report.evidence, spans, is_invented=report.is_invented
    )


def _become_figures(
    report: Report, claims: Sequence[Compared], shelf: Knowledge, *, by: Actor, at: datetime
) -> Confirmed:
    """Record the figures of claims that the store does not hold as they say, and tie each claim to its figures."""
    whole = [each for each in claims if each.meaning.is_complete]
    said = [(each, one) for each in whole for one in each.meaning.said]
    keys = {key for _each, one in said for key in stand_ins(one.row)}
    vintages = observations_of(keys)
    fresh: dict[Key, tuple[Compared, Said]] = {}
    for each, one in said:
        if _held_as_said(one, vintages, report) is None and _is_better(one, fresh.get(one.row.key)):
            fresh[one.row.key] = each, one
    _define_ranks([each for each, _one in fresh.values()], shelf, by=by, at=at)
    spans = {key: (each.row.start, each.row.end) for key, (each, _one) in fresh.items()}
    rows = [one.row for _each, one in fresh.values()]
    recorded = record_figures(rows, _origin(report, spans), by=by, at=at) if rows else None
    tied = _tie(whole, observations_of(keys) if rows else vintages, report)
    became = {each.row.pk for each, _one in fresh.values()}
    return Confirmed(
        len(claims),
        recorded.added if recorded else 0,
        recorded.revised if recorded else 0,
        len(tied - became),
        len(claims) - len(tied),
    )


def _is_better(one: Said, other: tuple[Compared, Said] | None) -> bool:
    """Say whether a figure is recorded rather than another of the same key: the first, or the first that is exact."""
    return other is None or (other[1].row.status == Status.ESTIMATED and one.row.status != Status.ESTIMATED)


def _held_as_said(
    said: Said, vintages: Mapping[Key, Sequence[Observation]], report: Report
) -> Observation | None:
    """Return the figure that was known when the report came out, where it is what the claim says."""
    for key in stand_ins(said.row):
        last = as_known(vintages.get(key, ()), report.known_at)
        if last is not None and last.value is not None and said.agrees(last.value):
            return last
    return None


def _tie(
    claims: Iterable[Compared], vintages: Mapping[Key, Sequence[Observation]], report: Report
) -> set[int]:
    """Tie each claim to the figures that say what it says; returns the claims that have some, by primary key."""
    tied = set()
    for each in claims:
        found = [_held_as_said(said, vintages, report) for said in each.meaning.said]
        kept = [row for row in found if row is not None]
        each.row.figures.set(kept)
        if kept:
            tied.add(each.row.pk)
    return tied


def _define_ranks(claims: Iterable[Compared], shelf: Knowledge, *, by: Actor, at: datetime) -> None:
    """Define the indicators of published ranks that are not there yet."""
    for each in claims:
        if each.meaning.ranked is None or each.meaning.indicator is None:
            continue
        measure, among = each.meaning.ranked
        of, name = each.meaning.indicator, shelf.sets[among.code].name_zh_hans
        definition = published_rank_definition(of, measure, among.code, name)
        if definition.code not in shelf.indicators:
            invented = shelf.indicators[of.code].is_invented
            define_indicator(definition, by=by, at=at, is_invented=invented)


def _withdraw(report: Report, row: StatedClaim, still: Collection[Key], *, by: Actor, at: datetime) -> None:
    """Take back the figures that the report gave for a claim that no longer states them; what was known before counts again.

    A figure that another claim of the report is tied to stays: the report says it twice.
    """
    elsewhere = Observation.objects.filter(claims__report=report, claims__in=report.claims.exclude(pk=row.pk))
    own = row.figures.filter(release__evidence=report.evidence).exclude(pk__in=elsewhere.values("pk"))
    gone = {key_of(each) for each in own.select_related("indicator", "division")} - set(still)
    vintages = observations_of(gone)
    rows = [_as_before(key, vintages[key], report) for key in gone]
    if rows:
        spans = {each.key: (row.start, row.end) for each in rows}
        record_figures(rows, _origin(report, spans), by=by, at=at)
    row.figures.clear()


def _as_before(key: Key, vintages: Sequence[Observation], report: Report) -> Row:
    others = [each for each in vintages if each.release.evidence_id != report.evidence_id]
    last = as_known(others, report.known_at)
    if last is None:
        return Row(*key, None, Status.MISSING)
    return Row(*key, last.value, Status(last.status))


def _settle(report: Report, rows: Sequence[StatedClaim], *, by: Actor, at: datetime, note: str = "") -> None:
    """Keep the decisions on some claims, and whether any claim of the report still waits."""
    for row in rows:
        row.note, row.settled_at = note, at
        row.settled_by_ref, row.settled_by_name = by.actor_ref, by.actor_name
    fields = ["state", "thing", "note", "settled_at", "settled_by_ref", "settled_by_name"]
    StatedClaim.objects.bulk_update(rows, fields, batch_size=200)
    waits = report.claims.filter(state=ClaimState.NEW).exists()
    report.state = ReportState.OPEN if waits else ReportState.SETTLED
    report.save(update_fields=["state"])


def _note(
    verb: str,
    report: Report,
    *,
    by: Actor,
    at: datetime,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    sha256 = report.evidence.sha256
    record(
        verb, report.subject, by=by, at=at, label=report.title, before=before, after=after, evidence=[sha256], note=note
    )  # fmt: skip
