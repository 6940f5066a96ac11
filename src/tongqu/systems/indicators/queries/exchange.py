"""Structures and data of the store as SDMX messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.export import Wanted, tidy
from tongqu.systems.indicators.rules.sdmx.data import write_data
from tongqu.systems.indicators.rules.sdmx.dialects import Standard
from tongqu.systems.indicators.rules.sdmx.structure import Area, write_structures


def structure_message(*, at: datetime, standard: Standard) -> str:
    """Return all indicators and divisions as a structure message."""
    areas = [
        Area(each.code, each.name_zh_hans, each.name_zh_hant, each.name_en)
        for each in StatDivision.objects.all()
    ]
    definitions = [each.definition for each in Indicator.objects.all()]
    return write_structures(definitions, areas, at=at, standard=standard)


def data_message(wanted: Wanted, *, at: datetime, standard: Standard) -> Iterator[str]:
    """Yield the figures as a data message, in pieces."""
    frequencies = dict(Indicator.objects.values_list("code", "frequency"))
    return write_data(tidy(wanted), at=at, frequencies=frequencies, standard=standard)
