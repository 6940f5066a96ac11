"""Finds what a command names, and writes its card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import override

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.queries.by_code import unknown_indicators
from tongqu.systems.indicators.queries.card_files.files import FILE_TYPES, card_file
from tongqu.systems.indicators.queries.card_files.typesetting import NoFont
from tongqu.systems.indicators.queries.card_view import view_of
from tongqu.systems.indicators.queries.cards import card_of, set_for
from tongqu.systems.indicators.rules.reports.digits import LANGUAGES


class CannotWrite(ValueError):
    """A card cannot be written; the message says why and what to do."""


def written_card(
    division: str,
    period: str,
    kind: str,
    among: str,
    codes: Sequence[str],
    language: str,
    *,
    at: datetime,
) -> bytes:
    """Return the card as a file; its links lead to the public address of this server. Raises `CannotWrite`."""
    if kind not in FILE_TYPES:
        raise CannotWrite(f"No card is written as '{kind}'. Name a file that ends in .docx, .pdf or .html.")
    if language not in LANGUAGES:
        raise CannotWrite(f"No card is written in '{language}'. Choose one of {', '.join(LANGUAGES)}.")
    place = StatDivision.objects.filter(code=division).first()
    if place is None:
        raise CannotWrite(
            f"No division has the code '{division}'. Look it up at /api/v1/indicators/divisions."
        )
    chosen = DivisionSet.objects.filter(code=among).first() if among else set_for(place)
    if among and chosen is None:
        raise CannotWrite(f"No set has the code '{among}'. Look it up at /api/v1/indicators/sets.")
    if unknown := unknown_indicators(codes):
        raise CannotWrite(f"No indicator has the code '{unknown[0]}'. Look it up at /api/v1/indicators.")
    try:
        time = Period.parse(period)
        with override(language):
            return card_file(
                view_of(card_of(place, time, division_set=chosen, codes=codes), settings.PUBLIC_URL or None),
                kind,
                at=at,
            )
    except (BadPeriod, NoFont) as why:
        raise CannotWrite(str(why)) from why
