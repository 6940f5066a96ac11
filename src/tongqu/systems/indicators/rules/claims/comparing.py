"""Claims held against known values, and against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tongqu.systems.indicators.rules.claims.claim import Claim


class Verdict(StrEnum):
    """How a claim stands to what is known."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Comparison:
    """A verdict, and by how much the claim is above the known value, in the claim's unit; of a rank in places."""

    verdict: Verdict
    difference: Decimal | None = None


UNKNOWN = Comparison(Verdict.UNKNOWN)
_MULTIPLIERS = {
    "万亿": Decimal(10) ** 12, "兆": Decimal(10) ** 12, "亿": Decimal(10) ** 8, "千万": Decimal(10) ** 7, "百万": Decimal(10) ** 6, "万": Decimal(10) ** 4,
}  # fmt: skip
_SAME = {
    "百分点": ("个百分点", Decimal(1)), "基点": ("个基点", Decimal(1)), "千米": ("公里", Decimal(1)), "千克": ("公斤", Decimal(1)),
    "平方千米": ("平方公里", Decimal(1)), "公顷": ("亩", Decimal(15)), "平方公里": ("亩", Decimal(1500)), "斤": ("公斤", Decimal("0.5")),
    "吨": ("公斤", Decimal(1000)), "标箱": ("标准箱", Decimal(1)), "TEU": ("标准箱", Decimal(1)), "度": ("千瓦时", Decimal(1)),
    "kWh": ("千瓦时", Decimal(1)), "兆瓦": ("千瓦", Decimal(1000)), "港币": ("港元", Decimal(1)), "人民币": ("元", Decimal(1)),
}  # fmt: skip
_NOT_MULTIPLIED = {"兆瓦", "兆瓦时"}


def scale_of(unit: str) -> tuple[Decimal, str]:
    """Return how many of its base unit a unit is, and the base unit. The unit is in simplified characters.

    >>> scale_of("亿元"), scale_of("万亩"), scale_of("公顷"), scale_of("%")
    ((Decimal('100000000'), '元'), (Decimal('10000'), '亩'), (Decimal('15'), '亩'), (Decimal('1'), '%'))
    """
    scale = Decimal(1)
    if unit not in _NOT_MULTIPLIED:
        for multiplier, worth in _MULTIPLIERS.items():
            if unit.startswith(multiplier):
                scale, unit = worth, unit[len(multiplier) :]
                break
    base, factor = _SAME.get(unit, (unit, Decimal(1)))
    if base in _SAME:
        base, further = _SAME[base]
        factor *= further
    return scale * factor, base


def tolerance_of(value: Decimal, *, approximate: bool) -> Decimal:
    """Return how far the true value may lie from a written one.

    A figure stands for what rounds to it: half a unit of its last digit. One that is called approximate (约, 近, 超, 多) may be
    off by a whole unit of its last digit that is not 0: "220多万" reaches to 230.

    >>> tolerance_of(Decimal("6.2"), approximate=False), tolerance_of(Decimal("220"), approximate=True)
    (Decimal('0.05'), Decimal('10'))
    """
    if approximate:
        place = value.normalize().as_tuple().exponent
        return Decimal(1).scaleb(int(place)) + 0
    place = value.as_tuple().exponent
    return Decimal(5).scaleb(min(int(place), 0) - 1)


def compared(
    claim: Claim, known: Decimal | None, unit: str, table: Mapping[int, int] | None = None
) -> Comparison:
    """Return how a claim's value stands to a known value in its own unit; `table` makes characters simplified.

    >>> from tongqu.systems.indicators.rules.claims.claim import Kind
    >>> claim = Claim(0, 5, "", "", "GDP", "2021", Kind.LEVEL, Decimal("1875.6"), "亿元")
    >>> compared(claim, Decimal("18756123"), "万元").verdict, compared(claim, Decimal("1900"), "亿元")
    (<Verdict.AGREES: 'agrees'>, Comparison(verdict=<Verdict.DIFFERS: 'differs'>, difference=Decimal('-24.4')))
    """
    if claim.value is None or known is None:
        return UNKNOWN
    mine, base = scale_of(claim.unit.translate(table or {}))
    theirs, other = scale_of(unit)
    if base != other:
        return UNKNOWN
    difference = claim.value - known * theirs / mine
    agrees = abs(difference) <= tolerance_of(claim.value, approximate=claim.approximate)
    return Comparison(Verdict.AGREES if agrees else Verdict.DIFFERS, difference)


def compared_rank(claim: Claim, known: int | None) -> Comparison:
    """Return how a claim's rank stands to a known one; one of "the first six" agrees with any to the sixth.

    >>> from tongqu.systems.indicators.rules.claims.claim import Kind
    >>> claim = Claim(0, 4, "全省前六", "", "GDP", "2021", Kind.RANK, rank=6, rank_within=True)
    >>> compared_rank(claim, 4).verdict.value, compared_rank(claim, 7).verdict.value
    ('agrees', 'differs')
    """
    if claim.rank is None or known is None:
        return UNKNOWN
    difference = claim.rank - known
    agrees = difference >= 0 if claim.rank_within else difference == 0
    return Comparison(Verdict.AGREES if agrees else Verdict.DIFFERS, Decimal(difference))


@dataclass(frozen=True)
class Contradiction:
    """Two claims of the same thing that cannot both be true."""

    first: Claim
    second: Claim
    difference: Decimal


def contradictions(
    first: Sequence[Claim], second: Sequence[Claim], table: Mapping[int, int] | None = None
) -> list[Contradiction]:
    """Return the pairs of claims of two reports that contradict each other, in the order of the first.

    Claims are of the same thing when division, indicator, period, kind and set of the rank are, and both are reached or both
    planned; a known division or indicator counts by its code. `table` makes characters simplified.
    """
    plain = table or {}
    others: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in second:
        others[thing_of(claim, plain)].append(claim)
    found = []
    for claim in first:
        for other in others.get(thing_of(claim, plain), ()):
            difference = apart(claim, other, plain)
            if difference is not None:
                found.append(Contradiction(claim, other, difference))
    return found


_TOWNSHIPS = {"镇", "乡", "道", "鎮", "鄉"}


def thing_of(claim: Claim, plain: Mapping[int, int]) -> tuple[object, ...]:
    """Return what a claim is about, equal for two claims of the same thing."""
    # A township has the code of its county, so the name counts beside it.
    name = claim.division if not claim.division_code or claim.division[-1:] in _TOWNSHIPS else ""
    return (
        claim.division_code,
        name.translate(plain),
        (claim.code or claim.indicator).translate(plain),
        claim.period,
        claim.kind,
        claim.rank_scope.translate(plain),
        claim.target,
    )


def apart(claim: Claim, other: Claim, plain: Mapping[int, int]) -> Decimal | None:
    """Return by how much two claims of the same thing differ, if neither's rounding explains it; `plain` simplifies characters."""
    if claim.rank is not None and other.rank is not None:
        return _ranks_apart(claim, other)
    if claim.value is None or other.value is None:
        return None
    mine, base = scale_of(claim.unit.translate(plain))
    theirs, other_base = scale_of(other.unit.translate(plain))
    if base != other_base:
        return None
    difference = claim.value - other.value * theirs / mine
    room = tolerance_of(claim.value, approximate=claim.approximate)
    room += tolerance_of(other.value, approximate=other.approximate) * theirs / mine
    return difference if abs(difference) > room else None


def _ranks_apart(claim: Claim, other: Claim) -> Decimal | None:
    """Return by how many places two ranks differ; "the first six" and the fourth do not."""
    difference = (claim.rank or 0) - (other.rank or 0)
    if claim.value != other.value or difference == 0 or (claim.rank_within and other.rank_within):
        return None
    if (claim.rank_within and difference > 0) or (other.rank_within and difference < 0):
        return None
    return Decimal(difference)
