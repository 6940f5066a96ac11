"""The parts of a report's page: its text in pieces, its claims in words, and one claim in detail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from tongqu.kernel.periods import YEAR_MONTHS, Period
from tongqu.systems.indicators.forms.reports import STANDING_LABELS
from tongqu.systems.indicators.models.figures import STATUS_LABELS
from tongqu.systems.indicators.models.indicator import KIND_LABELS
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.models.report import CLAIM_STATE_LABELS, STATING_LABELS
from tongqu.systems.indicators.queries.claims import Against, Compared
from tongqu.systems.indicators.queries.knowledge import Knowledge
from tongqu.systems.indicators.queries.origins import figure_address
from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.claims.claim import Kind as Stating
from tongqu.systems.indicators.rules.claims.holding import Beside
from tongqu.systems.indicators.rules.claims.meaning import MENDABLE, Lack, period_meant
from tongqu.systems.indicators.rules.claims.settling import ClaimState, Standing
from tongqu.systems.indicators.rules.claims.units import written_unit
from tongqu.systems.indicators.rules.definition import Kind, Status
from tongqu.systems.indicators.rules.growth import plain, rounded
from tongqu.systems.indicators.rules.tidy import decimal_text

SIGNS = {Standing.AGREES: "✓", Standing.DIFFERS: "≠", Standing.CONTRADICTS: "⇄", Standing.UNKNOWN: "?"}
"""The shape beside each colour."""
LACK_LABELS: dict[Lack, Promise] = {
    Lack.TARGET: gettext_lazy("It is a target. Targets are no figures."),
    Lack.WITHIN: gettext_lazy("“Among the first so many” is no exact rank. It is compared, not recorded."),
    Lack.INDICATOR: gettext_lazy("The store has no such indicator. Mend the claim, or define the indicator first."),
    Lack.DIVISION: gettext_lazy("The store has no such division. Mend the claim, or add the division first."),
    Lack.PERIOD: gettext_lazy("The period is not clear. Mend the claim."),
    Lack.MISFIT: gettext_lazy("The indicator is not published for such a period. Mend indicator or period."),
    Lack.UNIT: gettext_lazy("The unit does not fit the indicator. Mend unit or indicator."),
    Lack.SET: gettext_lazy("The set of the rank is not clear. Mend the claim, or define the set first."),
    Lack.KIND: gettext_lazy(
        "No kind of figure holds it: growth over several years, a multiple, a range, or so many of a set."
    ),
}  # fmt: skip
DECIMALS = 4
_PER_CENT = frozenset({Kind.YOY, Kind.SHARE, Kind.COMPLETION})


@dataclass(frozen=True)
class Beheld:
    """A figure that a claim states, as the page shows it."""

    what: str
    value: str
    known: str
    computed: bool
    difference: str
    url: str


@dataclass(frozen=True)
class Shown:
    """A claim as the page shows it."""

    pk: int
    start: int
    text: str
    sign: str
    standing: Standing
    standing_word: str
    state: ClaimState
    state_word: str
    what: str
    says: str
    hint: str
    is_ready: bool


@dataclass(frozen=True)
class Piece:
    """A part of the text: plain, or a claim."""

    text: str
    claim: Shown | None = None


def shown(each: Compared, shelf: Knowledge) -> Shown:
    """Return a claim in words."""
    claim, state = each.claim, ClaimState(each.row.state)
    return Shown(
        each.row.pk,
        claim.start,
        claim.text,
        SIGNS[each.standing],
        each.standing,
        str(STANDING_LABELS[each.standing]),
        state,
        str(CLAIM_STATE_LABELS[state]),
        " · ".join(
            part
            for part in (_division(each, shelf), _indicator(each, shelf), period_words(claim.period))
            if part
        ),
        says(claim),
        _hint(each, shelf),
        each.is_ready,
    )


def _division(each: Compared, shelf: Knowledge) -> str:
    known = shelf.divisions.get(each.meaning.division)
    return known.name if known else each.claim.division


def _indicator(each: Compared, shelf: Knowledge) -> str:
    of = each.meaning.indicator
    return shelf.indicators[of.code].name if of and each.meaning.ranked is None else each.claim.indicator


def period_words(text: str) -> str:
    """Return the period of a claim as a reader says it; words that no year could be found for stay."""
    period = period_meant(text, stock=True)
    if period is None:
        return text
    if period.months > YEAR_MONTHS and period.start % YEAR_MONTHS == 0 and period.months % YEAR_MONTHS == 0:
        return f"{period_name(Period(period.start + 11, 12))}–{period_name(Period(period.end, 12))}"
    return period_name(period)


def says(claim: Claim) -> str:
    """Say what a claim states, in short."""
    parts = [str(STATING_LABELS[claim.kind])]
    if claim.value is not None:
        value = f"{decimal_text(claim.value)}{claim.unit}"
        parts.append(value if claim.value_from is None else f"{decimal_text(claim.value_from)} → {value}")
    if claim.rank is not None:
        rank = _("first %(rank)s") if claim.rank_within else _("no. %(rank)s")
        parts.append(f"{claim.rank_scope} {rank % {'rank': claim.rank}}".strip())
    marks = [pgettext("claim", "approximate")] if claim.approximate else []
    marks += [_("target")] if claim.target else []
    return " · ".join([*parts, *marks])


def _hint(each: Compared, shelf: Knowledge) -> str:
    """Say in a line what differs, or what is lacking."""
    if each.standing is Standing.DIFFERS:
        pair = next(pair for pair in each.pairs if pair.held and not pair.said.agrees(pair.held.value))
        told = beheld(pair, each, shelf)
        return _("store: %(known)s, difference %(difference)s") % {
            "known": told.known,
            "difference": told.difference,
        }
    if each.against:
        return _("another report says %(text)s") % {"text": each.against[0].row.text}
    if each.meaning.lack in MENDABLE or each.meaning.lack is Lack.KIND:
        return str(_SHORT[each.meaning.lack])
    return ""


_SHORT: dict[Lack | None, Promise] = {
    Lack.INDICATOR: gettext_lazy("indicator not defined"),
    Lack.DIVISION: gettext_lazy("division not known"),
    Lack.PERIOD: gettext_lazy("period not clear"),
    Lack.MISFIT: gettext_lazy("period does not fit"),
    Lack.UNIT: gettext_lazy("unit does not fit"),
    Lack.SET: gettext_lazy("set not clear"),
    Lack.KIND: gettext_lazy("statement only"),
}


def beheld(pair: Beside, each: Compared, shelf: Knowledge) -> Beheld:
    """Return a figure that a claim states beside what is known of it."""
    row = pair.said.row
    unit = _unit(each, row.kind)
    kind = Kind.RANK if each.meaning.ranked else row.kind
    url = figure_address(row.indicator, row.division, row.period, kind)
    place = shelf.divisions[row.division].name
    return Beheld(
        f"{place} · {_named(each, shelf)} · {period_name(row.period)} · {KIND_LABELS[kind]}",
        f"{decimal_text(row.value)}{unit}" + (f" ({STATUS_LABELS[row.status]})" if row.status != Status.NORMAL else ""),
        f"{_short(pair.held.value)}{unit}" if pair.held else "",
        bool(pair.held and pair.held.computed),
        "" if not pair.difference else f"{'+' if pair.difference > 0 else ''}{_short(pair.difference)}{unit}",
        url if row.indicator in shelf.indicators else "",
    )  # fmt: skip


def _named(each: Compared, shelf: Knowledge) -> str:
    """Return the name of what a claim's figure is of; of a rank, by what and among whom."""
    if each.meaning.indicator is None:
        return each.claim.indicator
    name = shelf.indicators[each.meaning.indicator.code].name
    if each.meaning.ranked is None:
        return name
    measure, among = each.meaning.ranked
    said = {"indicator": name, "set": shelf.sets[among.code].name}
    if measure == measure.GROWTH:
        return _("growth of %(indicator)s among %(set)s") % said
    if measure == measure.CHANGE:
        return _("change of %(indicator)s among %(set)s") % said
    return _("%(indicator)s among %(set)s") % said


def _unit(each: Compared, kind: Kind) -> str:
    if kind is Kind.RANK:
        return ""
    unit = written_unit(each.meaning.indicator.unit) if each.meaning.indicator else ""
    if kind in _PER_CENT:
        return "%"
    return _(" points") if kind is Kind.CHANGE and unit == "%" else unit


def _short(value: Decimal) -> str:
    return decimal_text(plain(rounded(value, DECIMALS)))


def pieces_of(text: str, claims: Sequence[Shown]) -> list[Piece]:
    """Return a text in pieces, in order; a claim that overlaps the one before it stands in the list alone."""
    found: list[Piece] = []
    position = 0
    for each in sorted(claims, key=lambda claim: claim.start):
        if each.start < position:
            continue
        found += [Piece(text[position : each.start]), Piece(each.text, each)]
        position = each.start + len(each.text)
    return [*found, Piece(text[position:])]


def others(against: Iterable[Against]) -> list[tuple[str, str, str]]:
    """Return the claims that contradict one: title of the report, text, and address."""
    return [
        (
            each.row.report.title,
            each.row.stated.claim.text,
            f"{reverse('indicators:report', args=[each.row.report_id])}?claim={each.row.pk}",
        )
        for each in against
    ]


def differences_read(each: Compared) -> list[tuple[str, str]]:
    """Return the fields that were mended, by label, as they were read."""
    read = each.row.read
    labels = {field.name: str(field.verbose_name) for field in each.row._meta.fields}
    return [
        (labels[name], _told(getattr(read, name)))
        for name in each.row.mended
        if name in labels and name not in {"code", "division_code"}
    ]


def _told(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Stating):
        return str(STATING_LABELS[value])
    if value is None or value == "":
        return "—"
    return decimal_text(value) if isinstance(value, Decimal) else str(value)
