"""Reads the claims of a report beside what the store knows and what other reports say, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import reduce
from hashlib import sha256
from operator import or_

from django.db.models import Q

from tongqu.kernel.periods import Period
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, KINDS, Observation
from tongqu.systems.indicators.models.report import Report, StatedClaim
from tongqu.systems.indicators.queries.knowledge import Knowledge, knowledge
from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.claims.comparing import Verdict, apart, thing_of
from tongqu.systems.indicators.rules.claims.holding import Beside, Key, beside, verdict_of
from tongqu.systems.indicators.rules.claims.meaning import Known, Meaning, meaning_of
from tongqu.systems.indicators.rules.claims.settling import ClaimState, Standing, standing_of
from tongqu.systems.indicators.rules.claims.stated import Stated
from tongqu.systems.indicators.rules.figures import unpacked


@dataclass(frozen=True)
class Against:
    """A claim of a report, this or another, that contradicts one; by how much the one is above it."""

    row: StatedClaim
    difference: Decimal


@dataclass(frozen=True)
class Compared:
    """A claim of a report with what it means, what is known of it, and what contradicts it."""

    row: StatedClaim
    stated: Stated
    meaning: Meaning
    pairs: list[Beside]
    against: list[Against]

    @property
    def claim(self) -> Claim:
        """The claim as it stands."""
        return self.stated.claim

    @property
    def verdict(self) -> Verdict:
        """How it stands to the store."""
        return verdict_of(self.pairs)

    @property
    def standing(self) -> Standing:
        """How it stands to the store and to other reports."""
        return standing_of(self.verdict, contradicts=bool(self.against))

    @property
    def is_ready(self) -> bool:
        """Whether it can be confirmed without a look at it: nothing speaks against it, and nothing is lacking."""
        return (
            self.row.state == ClaimState.NEW
            and self.meaning.is_complete
            and self.standing in {Standing.AGREES, Standing.UNKNOWN}
        )


@dataclass(frozen=True)
class Reading:
    """A report's claims, compared, with what the store knows."""

    report: Report
    claims: list[Compared]
    knowledge: Knowledge

    def one(self, pk: int) -> Compared | None:
        """Return the claim with the primary key."""
        return next((each for each in self.claims if each.row.pk == pk), None)


def reading_of(report: Report, person: Person | None, at: datetime) -> Reading:
    """Return the claims of a report in the order of the text; other reports count as far as the person sees them, for the system all."""
    shelf = knowledge()
    rows = list(report.claims.prefetch_related("figures"))
    stated = [row.stated for row in rows]
    meanings = [meaning_of(each, shelf.known) for each in stated]
    values = values_for(meanings)
    against = _against(report, list(zip(rows, stated, meanings, strict=True)), person, at, shelf.known)
    claims = [
        Compared(row, told, meaning, beside(meaning, values), against[row.pk])
        for row, told, meaning in zip(rows, stated, meanings, strict=True)
    ]
    return Reading(report, claims, shelf)


def values_for(meanings: Iterable[Meaning]) -> dict[Key, Decimal]:
    """Return what the store holds now of the figures that claims state, and of those that they are computed from."""
    kept = [meaning for meaning in meanings if meaning.said and meaning.indicator]
    asked = _asked_amounts([each for each in kept if each.ranked is None])
    asked += _asked_ranks([each for each in kept if each.ranked is not None])
    if not asked:
        return {}
    rows = Observation.objects.filter(reduce(or_, asked), is_latest=True, mantissa__isnull=False)
    told = rows.values_list("indicator__code", "division__code", "period", "kind", "mantissa", "decimals")
    return {
        (indicator, division, Period.of_code(period), KINDS[kind]): unpacked(mantissa or 0, decimals)
        for indicator, division, period, kind, mantissa, decimals in told
    }


def _asked_amounts(meanings: Sequence[Meaning]) -> list[Q]:
    codes: set[str] = set()
    for meaning in meanings:
        ratio = meaning.indicator.ratio if meaning.indicator else None
        codes |= {said.row.indicator for said in meaning.said} | set(ratio.codes if ratio else ())
    return [_rows(codes, {meaning.division for meaning in meanings}, meanings)] if meanings else []


def _asked_ranks(meanings: Sequence[Meaning]) -> list[Q]:
    if not meanings:
        return []
    codes = {said.row.indicator for meaning in meanings for said in meaning.said}
    codes |= {meaning.indicator.code for meaning in meanings if meaning.indicator}
    members = {code for meaning in meanings if meaning.ranked for code in meaning.ranked[1].members}
    return [_rows(codes, members, meanings)]


def _rows(codes: set[str], divisions: set[str], meanings: Sequence[Meaning]) -> Q:
    periods = {said.row.period for meaning in meanings for said in meaning.said}
    wanted = {each.code for period in periods for each in (period, period.year_before)}
    return Q(indicator__code__in=codes, division__code__in=divisions, period__in=wanted)


def thing_mark(stated: Stated, known: Known) -> str:
    """Return the digest of what a claim is about, by the codes that the store has for it: two wordings of one thing are alike."""
    return sha256(repr(thing_of(_settled(stated, known), known.characters)).encode()).hexdigest()[:16]


def _settled(stated: Stated, known: Known) -> Claim:
    claim = stated.claim
    indicator = known.indicator_of(claim)
    division = known.division_of(claim) or claim.division_code
    ranked = meaning_of(stated, known).ranked
    scope = ranked[1].code if ranked else claim.rank_scope
    return replace(
        claim,
        code=indicator.code if indicator else claim.code,
        division_code=division,
        rank_scope=scope,
    )


def _against(
    report: Report,
    told: Sequence[tuple[StatedClaim, Stated, Meaning]],
    person: Person | None,
    at: datetime,
    known: Known,
) -> dict[int, list[Against]]:
    """Return what contradicts each claim, by its primary key: claims of other reports, and others of its own.

    Within one report only claims of a known indicator count: 5 projects here and 20 there need not be the same projects.
    """
    others: dict[str, list[tuple[StatedClaim, Claim]]] = defaultdict(list)
    seen = Report.objects.all() if person is None else Report.objects.visible_to(person, at)
    same = StatedClaim.objects.filter(thing__in={row.thing for row, _, _ in told}, report__in=seen)
    same = same.exclude(report=report).select_related("report").defer("report__text")
    for other in [*same, *(row for row, _, meaning in told if meaning.indicator is not None)]:
        if other.state != ClaimState.REJECTED:
            others[other.thing].append((other, other.stated.claim))
    found: dict[int, list[Against]] = defaultdict(list)
    for row, stated, _meaning in told:
        for other, claim in others[row.thing] if row.state != ClaimState.REJECTED else ():
            difference = apart(stated.claim, claim, known.characters)
            if other.pk != row.pk and difference is not None:
                found[row.pk].append(Against(other, difference))
    return found


def key_of(row: Observation) -> Key:
    """Return what a figure is of, by codes."""
    return row.indicator.code, row.division.code, row.when, row.said


def observations_of(keys: Iterable[Key]) -> dict[Key, list[Observation]]:
    """Return all vintages of some figures, the one that counts first."""
    wanted = set(keys)
    rows = Observation.objects.filter(
        indicator__code__in={key[0] for key in wanted},
        division__code__in={key[1] for key in wanted},
        period__in={key[2].code for key in wanted},
        kind__in={KIND_NUMBERS[key[3]] for key in wanted},
    ).select_related("indicator", "division", "release")
    found: dict[Key, list[Observation]] = defaultdict(list)
    for row in rows.order_by("-is_latest", "-release__known_at", "-revision") if wanted else ():
        if (key := key_of(row)) in wanted:
            found[key].append(row)
    return found
