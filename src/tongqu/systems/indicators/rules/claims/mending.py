"""What a person corrects in a claim: which fields then differ from what was read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.claims.claim import Kind as Stating
from tongqu.systems.indicators.rules.claims.meaning import Known, period_meant
from tongqu.systems.indicators.rules.figures import BadNumber, read_number
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.tidy import decimal_text

MOST_UNIT = 40
MOST_RANK = 9999


class BadMend(ValueError):
    """A field cannot be what was written there; `field` names it."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


@dataclass(frozen=True)
class Mend:
    """A claim as somebody says that it is meant, every field; texts as they are written into a form.

    Indicator and division are named by code or by a name that only one has, the set by its code; all may be empty.
    """

    kind: Stating
    indicator: str = ""
    division: str = ""
    period: str = ""
    value: str = ""
    unit: str = ""
    value_from: str = ""
    rank: int | None = None
    rank_within: bool = False
    approximate: bool = False
    target: bool = False
    set: str = ""
    measure: Measure | None = None
    note: str = ""


def changed_fields(read: Claim, mend: Mend, known: Known) -> dict[str, Any]:
    """Return the fields that differ from what was read, as data for JSON; raises `BadMend`.

    >>> from tongqu.systems.indicators.rules.claims.meaning import Known
    >>> read = Claim(0, 2, "5%", "衢州市", "税收", "2021", Stating.YOY, Decimal(5), "%")
    >>> changed_fields(read, Mend(Stating.YOY, period="2022", value="5", unit="%"), Known({}, {}, {}))
    {'period': '2022'}
    """
    given: dict[str, Any] = {
        "kind": mend.kind,
        "period": _period(mend.period, read.period),
        "value": _value(mend.value, "value"),
        "unit": _unit(mend.unit),
        "value_from": _value(mend.value_from, "value_from"),
        "rank": _rank(mend.rank),
        "rank_within": mend.rank_within,
        "approximate": mend.approximate,
        "target": mend.target,
    }
    was = {name: getattr(read, name) for name in given}
    found = {name: _plain(value) for name, value in given.items() if value != was[name]}
    return found | _names(read, mend, known) | _ranked(mend, known)


def _names(read: Claim, mend: Mend, known: Known) -> dict[str, Any]:
    """Return code and name of the indicator and the division, where they are others than those that reading found."""
    found: dict[str, Any] = {}
    indicator, code = known.indicator_of(read), _code(mend.indicator, known)
    if code and (indicator is None or code != indicator.code):
        found |= {"code": code, "indicator": known.indicators[code].name_hans}
    place = known.divisions.get(mend.division.strip().translate(known.characters), "")
    if mend.division.strip() and not place:
        raise BadMend("division")
    if place and known.division_of(read) != place:
        found |= {"division_code": place, "division": known.division_names.get(place, place)}
    return found


def _code(text: str, known: Known) -> str:
    """Return the code that a text says, by code or by name; nothing for no text."""
    clean = text.strip()
    if not clean or clean in known.indicators:
        return clean
    code = known.names.get(clean.translate(known.characters), "")
    if code not in known.indicators:
        raise BadMend("indicator")
    return code


def _ranked(mend: Mend, known: Known) -> dict[str, Any]:
    if mend.set and not any(each.code == mend.set for each in known.sets):
        raise BadMend("set")
    told = {"set": mend.set, "measure": str(mend.measure) if mend.measure else ""}
    return {name: value for name, value in told.items() if value}


def _period(text: str, read: str) -> str:
    clean = text.strip()
    if clean and clean != read and period_meant(clean, stock=True) is None:
        raise BadMend("period")
    return clean


def _value(text: str, field: str) -> Decimal | None:
    try:
        return read_number(text)
    except BadNumber:
        raise BadMend(field) from None


def _unit(text: str) -> str:
    if len(text.strip()) > MOST_UNIT:
        raise BadMend("unit")
    return text.strip()


def _rank(rank: int | None) -> int | None:
    if rank is not None and not 1 <= rank <= MOST_RANK:
        raise BadMend("rank")
    return rank


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, Decimal):
        return decimal_text(value)
    return value if isinstance(value, bool | int) else str(value)
