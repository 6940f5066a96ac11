"""Reads what callers name: indicators, divisions, sets, periods; each that is not there is bad input by its field."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.by_code import unknown_indicators

Row = TypeVar("Row", bound=Model)
MOST_CODES = 400


def _wrong(message: str, field: str, code: str = "unknown") -> BadInput:
    return BadInput([Problem(message, code=code, field=field)])


def _unknown(code: str, field: str) -> BadInput:
    return _wrong(_("Nothing has the code “%(code)s”. Look it up in the list.") % {"code": code}, field)


def _named(model: type[Row], code: str, field: str) -> Row:
    found = model._default_manager.filter(code=code).first()
    if found is None:
        raise _unknown(code, field)
    return found


def indicator_named(code: str, field: str = "indicator") -> Indicator:
    """Return the indicator with the code."""
    return _named(Indicator, code, field)


def division_named(code: str, field: str = "division") -> StatDivision:
    """Return the division with the code."""
    return _named(StatDivision, code, field)


def set_named(code: str, field: str = "set") -> DivisionSet:
    """Return the set with the code."""
    return _named(DivisionSet, code, field)


def period_named(text: str, field: str = "period") -> Period:
    """Return the period that a text says."""
    try:
        return Period.parse(text)
    except BadPeriod as bad:
        raise _wrong(str(bad), field, "bad-period") from bad


def codes_in(text: str, field: str) -> list[str]:
    """Return the codes of a list with commas between them."""
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if len(codes) > MOST_CODES:
        raise _wrong(_("Name at most %(most)d codes at once.") % {"most": MOST_CODES}, field, "too-many")
    return codes


def indicator_codes(text: str, field: str = "indicators") -> list[str]:
    """Return the codes of a list of indicators, all of which there are."""
    codes = codes_in(text, field)
    if unknown := unknown_indicators(codes):
        raise _unknown(unknown[0], field)
    return codes


def divisions_named(text: str, field: str = "divisions") -> dict[int, StatDivision]:
    """Return the divisions of a list of codes, by primary key in the order of the list."""
    codes = codes_in(text, field)
    found = {each.code: each for each in StatDivision.objects.filter(code__in=codes)}
    for code in codes:
        if code not in found:
            raise _unknown(code, field)
    return {found[code].pk: found[code] for code in codes}
