"""What the explorer asks of the store: which periods there are, and which figures are unsure, invented or computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zlib import crc32

from django.core.cache import cache
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import get_language

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.by_code import parts_of, with_parts
from tongqu.systems.indicators.rules.definition import Kind, Status
from tongqu.systems.indicators.rules.exploring import UNSURE
from tongqu.systems.indicators.rules.figures import unpacked
from tongqu.systems.indicators.rules.ranking import Measure

Places = Collection[tuple[int, Period]]
"""Divisions by primary key, each with a period."""
KEPT_SECONDS = 300
"""Two who record at once may become known in the other order; what was kept between them is old for so long at most."""
_LEVEL, _YOY = KIND_NUMBERS[Kind.LEVEL], KIND_NUMBERS[Kind.YOY]


Named = tuple[str, str]
"""A code with the name in the reader's language."""


def choices() -> tuple[list[Named], list[Named]]:
    """Return code and name of all indicators and of all sets, by code: as tuples, since there may be hundreds."""
    return _named(Indicator), _named(DivisionSet)


def _named(model: type[Indicator] | type[DivisionSet]) -> list[Named]:
    language = (get_language() or "").lower()
    other = {"zh-hant": "name_zh_hant"}.get(
        language, "name_en" if language.startswith("en") else "name_zh_hans"
    )
    rows = model._default_manager.order_by("code").values_list("code", other, "name_zh_hans")
    return [(code, name or hans) for code, name, hans in rows]


def members_with_outlines(division_set: DivisionSet) -> dict[int, StatDivision]:
    """Return the members by primary key, in the order of their codes; `level` and `has_outline` say whether a map can show each."""
    outlined = ExpressionWrapper(Q(division__outline__isnull=False), output_field=BooleanField())
    rows = division_set.members.select_related("division").defer("division__outline")
    return {each.pk: each for each in rows.annotate(has_outline=outlined).order_by("code")}


@dataclass(frozen=True)
class Known:
    """The periods for which any member has a value, or a published growth."""

    levels: frozenset[Period]
    growths: frozenset[Period]

    def of(self, measure: Measure) -> list[Period]:
        """Return the periods in which a measure can have figures, in order."""
        if measure == Measure.GROWTH:
            grown = {period for period in self.levels if period.year_before in self.levels}
            return sorted(grown | self.growths)
        if measure == Measure.CHANGE:
            return sorted(period for period in self.levels if period.year_before in self.levels)
        return sorted(self.levels)


def known_periods(indicator: Indicator, members: Collection[int]) -> Known:
    """Return the periods of an indicator among some divisions; of a ratio also those that both its parts have."""
    own = _periods(indicator.pk, members)
    levels, growths = own.get(_LEVEL, set()), own.get(_YOY, set())
    if indicator.numerator:
        of_parts = [_periods(part.pk, members).get(_LEVEL, set()) for part in parts_of(indicator)]
        levels = levels | (of_parts[0] & of_parts[1] if len(of_parts) > 1 else set())
    return Known(frozenset(map(Period.of_code, levels)), frozenset(map(Period.of_code, growths)))


def _periods(indicator: int, members: Collection[int]) -> dict[int, set[int]]:
    """Return the codes of periods by kind, kept until another figure is recorded: to find them, all figures are walked through."""
    newest = Observation.objects.order_by("-pk").values_list("pk", flat=True).first()
    among = crc32(",".join(map(str, sorted(members))).encode())
    key = f"indicators-periods:{indicator}:{among}:{newest}"
    found: dict[int, set[int]] | None = cache.get(key)
    if found is None:
        found = _found_periods(indicator, members)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _found_periods(indicator: int, members: Collection[int]) -> dict[int, set[int]]:
    rows = Observation.objects.filter(indicator=indicator, division__in=members, kind__in=[_LEVEL, _YOY])
    found: dict[int, set[int]] = {}
    for kind, code in rows.order_by().values_list("kind", "period").distinct():
        found.setdefault(kind, set()).add(code)
    return found


@dataclass(frozen=True)
class Mark:
    """What must be said of a figure beside its value."""

    status: Status
    is_invented: bool

    @property
    def is_unsure(self) -> bool:
        """Whether it may still change."""
        return self.status in UNSURE


PLAIN = Mark(Status.NORMAL, is_invented=False)


def marks_of(indicator: Indicator, places: Places, measure: Measure) -> dict[tuple[int, Period], Mark]:
    """Return the marks of the figures that are not plain: unsure, a break, missing by the source, or invented.

    A growth or change is as unsure as the worse of its two values, unless the growth itself was published; a ratio as the worse of its
    parts.
    """
    stored = _stored_marks(indicator, places, measure)
    found: dict[tuple[int, Period], Mark] = {}
    for division, period in places:
        asked = [(_LEVEL, period)]
        if measure == Measure.GROWTH and (division, _YOY, period.code) in stored:
            asked = [(_YOY, period)]
        elif measure != Measure.VALUE:
            asked.append((_LEVEL, period.year_before))
        marks = [mark for kind, at in asked if (mark := stored.get((division, kind, at.code)))]
        if marks and (worse := _worse(marks)) != PLAIN:
            found[division, period] = worse
    return found


def _worse(marks: Iterable[Mark]) -> Mark:
    marks = list(marks)
    status = next((m.status for m in marks if m.is_unsure), None)
    status = status or next((m.status for m in marks if m.status != Status.NORMAL), Status.NORMAL)
    return Mark(status, any(mark.is_invented for mark in marks))


def _stored_marks(indicator: Indicator, places: Places, measure: Measure) -> dict[tuple[int, int, int], Mark]:
    """Return the marks of stored figures by division, kind and period; of published growth the plain ones, too."""
    codes = {period.code for _, period in places}
    kinds = [_LEVEL]
    odd = ~Q(status=Status.NORMAL) | Q(release__is_invented=True)
    if measure != Measure.VALUE:
        codes |= {period.year_before.code for _, period in places}
    if measure == Measure.GROWTH:
        kinds.append(_YOY)
        odd |= Q(kind=_YOY)
    rows = Observation.objects.filter(
        odd,
        indicator__in=[each.pk for each in with_parts([indicator])],
        division__in={division for division, _ in places},
        kind__in=kinds,
        period__in=codes,
        is_latest=True,
    )
    found: dict[tuple[int, int, int], Mark] = {}
    for *key, status, is_invented in rows.values_list(
        "division_id", "kind", "period", "status", "release__is_invented"
    ):
        division, kind, code = key
        mark = Mark(Status(status), is_invented)
        other = found.get((division, kind, code))
        found[division, kind, code] = _worse([mark, other]) if other else mark
    return found


@dataclass(frozen=True)
class Origin:
    """What a stored figure came with, as a file of figures names it."""

    value: Decimal | None
    status: Status
    revision: int
    known_at: datetime
    release: str
    source: str
    is_invented: bool


def origins_of(indicator: Indicator, places: Places, measure: Measure) -> Mapping[tuple[int, Period], Origin]:
    """Return what each figure came with; a computed one has none."""
    kind = _YOY if measure == Measure.GROWTH else _LEVEL
    if measure == Measure.CHANGE or not places:
        return {}
    rows = Observation.objects.filter(
        indicator=indicator,
        division__in={division for division, _ in places},
        kind=kind,
        period__in={period.code for _, period in places},
        is_latest=True,
    ).select_related("release")
    return {
        (row.division_id, row.when): Origin(
            None if row.mantissa is None else unpacked(row.mantissa, row.decimals),
            Status(row.status),
            row.revision,
            row.release.known_at,
            row.release.title,
            row.release.source,
            row.release.is_invented,
        )
        for row in rows
    }
