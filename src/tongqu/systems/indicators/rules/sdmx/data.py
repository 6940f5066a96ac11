"""Data messages: structure-specific time series, written as a stream and read with whatever is wrong with them.

A series is one indicator, division, kind and revision; its observations carry status, vintage and evidence as attributes.
Spans that are no year, half, quarter or month ("January to September") are time ranges, `2024-01-01/P9M` (Section 4.2.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from xml.sax.saxutils import quoteattr

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import Status
from tongqu.systems.indicators.rules.growth import decimals_of
from tongqu.systems.indicators.rules.sdmx.dialects import AGENCY, DIALECTS, FLOW, Dialect, Standard, tag
from tongqu.systems.indicators.rules.sdmx.structure import TIME, header
from tongqu.systems.indicators.rules.tidy import Tidy, decimal_text

MISSING = "NaN"
_STRUCTURE = "S1"


def time_text(period: Period) -> str:
    """Return the period as SDMX writes it.

    >>> time_text(Period.parse("2024-01/P9M")), time_text(Period.parse("2024-09"))
    ('2024-01-01/P9M', '2024-09')
    """
    if period.frequency:
        return str(period)
    return f"{period.first_day.isoformat()}/P{period.months}M"


def write_data(
    rows: Iterable[Tidy],
    *,
    at: datetime,
    frequencies: Mapping[str, str],
    standard: Standard = Standard.V21,
) -> Iterator[str]:
    """Yield the message in pieces; rows come by indicator, division, kind and then period.

    `frequencies` give the frequency of an indicator, for spans that have none of their own.
    """
    dialect = DIALECTS[standard]
    yield _opening(dialect, at)

    def key(row: Tidy) -> tuple[str, str, str, str, str]:
        own = row.period.frequency or frequencies.get(row.indicator, "A")
        return own, row.indicator, row.division, row.kind.upper(), str(row.revision)

    for (frequency, indicator, area, kind, revision), of in groupby(rows, key):
        fields = {
            "FREQ": frequency,
            "INDICATOR": indicator,
            "REF_AREA": area,
            "KIND": kind,
            "REVISION": revision,
        }
        yield f"<Series{_attributes(fields)}>"
        yield from (_observation(row) for row in of)
        yield "</Series>"
    yield "</mes:DataSet></mes:StructureSpecificData>\n"


def _opening(dialect: Dialect, at: datetime) -> str:
    urn = dialect.urn("datastructure.DataStructure", FLOW)
    space = f"{urn}:ObsLevelDim:{TIME}"
    target = tag("Ref", id=FLOW, agencyID=AGENCY, version=dialect.version) if dialect.is_21 else urn
    structure = tag(
        "mes:Structure",
        tag("com:Structure", target),
        structureID=_STRUCTURE,
        namespace=space,
        dimensionAtObservation=TIME,
    )
    dataset = {
        "ss:structureRef": _STRUCTURE,
        "ss:dataScope": "DataStructure",
        "ss:action": "Replace",
        "xsi:type": "flow:DataSetType",
    }
    root = dialect.root("StructureSpecificData", f" xmlns:flow={quoteattr(space)}")
    return f"{root}{header(at, structure)}<mes:DataSet{_attributes(dataset)}>"


def _attributes(fields: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in fields.items())


def _observation(row: Tidy) -> str:
    fields = {
        TIME: time_text(row.period),
        "OBS_VALUE": decimal_text(row.value) or MISSING,
        "OBS_STATUS": str(row.status),
        "DECIMALS": "" if row.value is None else str(decimals_of(row.value)),
        "KNOWN_AT": row.known_at.isoformat() if row.known_at else "",
        "RELEASE": row.release,
        "EVIDENCE": row.evidence,
        "SPAN_START": "" if row.span_start is None else str(row.span_start),
        "SPAN_END": "" if row.span_end is None else str(row.span_end),
    }
    return tag("Obs", **{name: value for name, value in fields.items() if value})


def value_of(text: str, decimals: str) -> Decimal | None:
    """Return the value of an observation at the decimals that were published, or None for a missing one.

    >>> value_of("5.3", "2"), value_of("NaN", ""), value_of("1e3", "")
    (Decimal('5.30'), None, Decimal('1000'))
    """
    if text in {"", MISSING}:
        return None
    value = Decimal(text)
    wanted = int(decimals) if decimals else decimals_of(value)
    # Digits beyond those that were declared are kept: a reader may not round what was sent.
    return value.quantize(Decimal(1).scaleb(-max(wanted, decimals_of(value))))


def status_of(text: str, value: Decimal | None) -> Status:
    """Return the status that goes with a value; other code lists' letters mean a normal figure.

    >>> status_of("P", Decimal(1)), status_of("X", Decimal(1)), status_of("", None)
    (<Status.PROVISIONAL: 'P'>, <Status.NORMAL: 'A'>, <Status.MISSING: 'O'>)
    """
    if value is None:
        return Status.MISSING
    return Status(text) if text in set(Status) - {Status.MISSING} else Status.NORMAL
