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

    Indicator, division and set are codes of the store, or empty where nothing is known for them.
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
    indicator = known.indicator_of(read)
    if mend.indicator and mend.indicator not in known.indicators:
        raise BadMend("indicator")
    if mend.indicator and (indicator is None or mend.indicator != indicator.code):
        found |= {"code": mend.indicator, "indicator": known.indicators[mend.indicator].name_hans}
    if mend.division and mend.division not in known.divisions:
        raise BadMend("division")
    if mend.division and known.division_of(read) != known.divisions[mend.division]:
        code = known.divisions[mend.division]
        found |= {"division_code": code, "division": known.division_names.get(code, code)}
    return found


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
