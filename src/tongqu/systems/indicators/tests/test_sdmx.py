"""SDMX: what goes out comes back whole, and an independent reader sees the same."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sdmx
import sdmx.reader.xml.v30  # before any 2.1 data are read: they leave a namespace behind that the module stumbles over
from hypothesis import given, settings
from hypothesis import strategies as st

from tongqu.kernel.periods import Period
from tongqu.kernel.problems import BadInput
from tongqu.systems.indicators.rules.definition import (
    Accumulation,
    Better,
    Definition,
    Frequency,
    Kind,
    PriceBasis,
    Ratio,
    Status,
)
from tongqu.systems.indicators.rules.sdmx.data import write_data
from tongqu.systems.indicators.rules.sdmx.dialects import Standard
from tongqu.systems.indicators.rules.sdmx.reading import read_data, read_structures
from tongqu.systems.indicators.rules.sdmx.structure import Area, write_structures
from tongqu.systems.indicators.rules.tidy import Tidy

AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<&\"'\n\t ]]>"), max_size=20
)
names = words.map(str.strip)
codes = st.from_regex(r"[A-Z][A-Z0-9_]{1,8}", fullmatch=True)
definitions = st.builds(
    Definition,
    codes,
    names.filter(bool),
    names,
    names,
    names,
    st.sampled_from(Frequency),
    st.sampled_from(Accumulation),
    st.sampled_from(PriceBasis),
    st.sampled_from(PriceBasis),
    st.sampled_from(Better),
    st.integers(0, 9),
    st.none() | st.just(Ratio("A1", "B1")),
    names,
    names,
)
periods = st.builds(Period.since, st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 60))
values = st.decimals(-(10**6), 10**6, places=2) | st.decimals(-(10**6), 10**6, places=0)


def rows_of(value: Decimal | None, status: Status, period: Period, **fields: object) -> Tidy:
    return Tidy(
        period=period,
        value=value,
        status=Status.MISSING if value is None else status,
        **fields,  # type: ignore[arg-type]
    )


tidy = st.builds(
    rows_of,
    st.none() | values,
    st.sampled_from([each for each in Status if each != Status.MISSING]),
    periods,
    indicator=codes,
    division=st.from_regex(r"[0-9]{6}", fullmatch=True),
    kind=st.sampled_from(Kind),
    revision=st.integers(1, 9),
    known_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    release=words,
    evidence=st.sampled_from(["", "ab" * 32]),
    span_start=st.none() | st.integers(0, 99),
    span_end=st.none() | st.integers(100, 199),
)
standards = st.sampled_from(Standard)


@settings(max_examples=60)
@given(
    st.lists(definitions, max_size=3, unique_by=lambda d: d.code),
    st.lists(names.filter(bool), max_size=3),
    standards,
)
def test_structures_come_back_whole(
    indicators: list[Definition], areas: list[str], standard: Standard
) -> None:
    places = [Area(f"33080{n}", name, name, "") for n, name in enumerate(areas)]
    text = write_structures(indicators, places, at=AT, standard=standard)
    found = read_structures(text.encode())
    assert (found.indicators, found.areas) == (tuple(indicators), tuple(places))


@settings(max_examples=60)
@given(st.lists(tidy, max_size=5), standards)
def test_data_come_back_whole(rows: list[Tidy], standard: Standard) -> None:
    text = "".join(write_data(rows, at=AT, frequencies={}, standard=standard))
    found = read_data(text.encode())
    assert (found.rows, found.problems) == (rows, [])


GDP = Definition(
    "GDP", "地区生产总值", "地區生產總值", "Gross regional product", "CNY_100M", Frequency.QUARTER,
    Accumulation.CUMULATIVE, PriceBasis.CURRENT, PriceBasis.COMPARABLE, source="统计局 & 公报",
)  # fmt: skip
PLACES = [Area("330825", "龙游县", "龍游縣", "Longyou"), Area("330881", "江山市")]


def figure(period: str, value: str | None, **fields: object) -> Tidy:
    given_: dict[str, object] = {
        "indicator": "GDP",
        "division": "330825",
        "kind": Kind.LEVEL,
        "known_at": AT,
    } | fields
    number = None if value is None else Decimal(value)
    return rows_of(number, Status.NORMAL, Period.parse(period), **given_)


ROWS = [
    figure("2023", "250.10", release="公报"),
    figure("2024-01/P9M", "203.5", evidence="cd" * 32, span_start=3, span_end=9),
    figure("2024-Q1", None),
    figure("2024-01/P9M", "201.7", revision=2),
    figure("2023", "5.3", kind=Kind.YOY),
    figure("2024-Q1", "11", division="330881"),
]


@pytest.mark.parametrize("standard", list(Standard))
def test_an_independent_reader_sees_the_same(standard: Standard) -> None:
    structure = write_structures([GDP], PLACES, at=AT, standard=standard)
    message = sdmx.read_sdmx(io.BytesIO(structure.encode()))
    gdp = message.codelist["CL_INDICATOR"]["GDP"]
    assert dict(gdp.name.localizations) == {
        "zh-Hans": GDP.name_hans,
        "zh-Hant": GDP.name_hant,
        "en": GDP.name_en,
    }
    terms = {each.id: str(each.text) for each in gdp.annotations}
    assert (terms["growth_basis"], terms["source"]) == ("comparable", "统计局 & 公报")
    assert [code.id for code in message.codelist["CL_AREA"]] == ["330825", "330881"]
    shape = message.structure["INDICATORS"]
    assert [d.id for d in shape.dimensions] == [
        "FREQ",
        "INDICATOR",
        "REF_AREA",
        "KIND",
        "REVISION",
        "TIME_PERIOD",
    ]
    assert message.dataflow["INDICATORS"].structure.id == "INDICATORS"

    text = "".join(write_data(ROWS, at=AT, frequencies={"GDP": "Q"}, standard=standard))
    data = sdmx.read_sdmx(io.BytesIO(text.encode()), structure=shape)
    seen = [_seen(obs) for obs in data.data[0].obs]
    assert seen == [_wanted(row) for row in ROWS]


def _seen(obs: object) -> tuple[object, ...]:
    key = {name: value.value for name, value in obs.key.values.items()}  # type: ignore[attr-defined]
    attached = {name: str(value.value) for name, value in obs.attached_attribute.items()}  # type: ignore[attr-defined]
    dimensions = tuple(
        getattr(key[name], "id", key[name]) for name in ("INDICATOR", "REF_AREA", "KIND", "REVISION")
    )
    return (
        *dimensions,
        str(key["TIME_PERIOD"]),
        str(obs.value),  # type: ignore[attr-defined]
        *(
            attached.get(name, "")
            for name in ("DECIMALS", "KNOWN_AT", "RELEASE", "EVIDENCE", "SPAN_START", "SPAN_END")
        ),
    )


def _wanted(row: Tidy) -> tuple[object, ...]:
    period = str(row.period).replace("/P9M", "-01/P9M")
    value = "NaN" if row.value is None else f"{row.value:f}"
    decimals = "" if row.value is None else str(-int(row.value.as_tuple().exponent))
    span = ["" if each is None else str(each) for each in (row.span_start, row.span_end)]
    known_at = row.known_at.isoformat() if row.known_at else ""
    return (row.indicator, row.division, row.kind.upper(), str(row.revision), period, value, decimals, known_at,
            row.release, row.evidence, *span)  # fmt: skip


def test_what_an_independent_writer_writes_is_read() -> None:
    """Generic data of another provider, whose dimensions have other names, as `sdmx1` writes it."""
    from sdmx.model import v21

    shape = v21.DataStructureDefinition(id="WB", maintainer=v21.Agency(id="WB"))
    for name in ("SERIES", "COUNTRY", "TIME_PERIOD"):
        shape.dimensions.getdefault(name)
    shape.measures.getdefault("OBS_VALUE")
    rows = [("POP", "CHN", "2007", "1318683096"), ("POP", "CHN", "soon", "1"), ("POP", "IND", "2007", "x")]
    keys = [
        (shape.make_key(v21.Key, dict(zip(("SERIES", "COUNTRY", "TIME_PERIOD"), r, strict=False))), r[3])
        for r in rows
    ]
    flow = v21.DataflowDefinition(id="WB", structure=shape, maintainer=shape.maintainer)
    dataset = v21.GenericDataSet(structured_by=shape)
    dataset.add_obs([v21.Observation(dimension=key, value=value) for key, value in keys])
    header = sdmx.message.Header(id="T", prepared=AT, sender=v21.Agency(id="WB"))
    message = sdmx.message.DataMessage(
        header=header, dataflow=flow, data=[dataset], observation_dimension=v21.AllDimensions
    )
    found = read_data(sdmx.to_xml(message), "wb.xml", {"INDICATOR": "SERIES", "REF_AREA": "COUNTRY"})
    assert [(r.indicator, r.division, str(r.period), r.value) for r in found.rows] == [
        ("POP", "CHN", "2007", Decimal(1318683096))
    ]
    assert [(p.row, p.code, p.field) for p in found.problems] == [
        (2, "bad-period", "TIME_PERIOD"),
        (3, "bad-value", "OBS_VALUE"),
    ]
    assert [p.code for p in read_data(sdmx.to_xml(message)).problems] == [
        "no-dimension",
        "no-dimension",
        "bad-value",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no SDMX-ML"),
        (b"<a>", "no SDMX-ML"),
        (b"<html/>", "begins with 'html'"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "no SDMX-ML"),
    ],
)
def test_what_is_no_sdmx_is_refused(data: bytes, message: str) -> None:
    for read in (read_data, read_structures):
        with pytest.raises(BadInput, match=message):
            read(data)


def test_a_term_that_does_not_hold_is_named() -> None:
    text = write_structures([GDP], PLACES, at=AT).replace(">cumulative<", ">sometimes<")
    with pytest.raises(BadInput, match="GDP: 'sometimes'"):
        read_structures(text.encode())
    nothing = '<mes:Structure xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"/>'
    assert read_structures(nothing.encode()).areas == ()


GENERIC = """<m:GenericTimeSeriesData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
 xmlns:g="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"><m:Header>
 <m:Structure structureID="S" dimensionAtObservation="TIME_PERIOD"/></m:Header><m:DataSet><g:Group/><g:Series>
 <g:SeriesKey><g:Value id="INDICATOR" value="GDP"/><g:Value id="REF_AREA" value="DE"/></g:SeriesKey>
 <g:Obs><g:ObsDimension value="2023-Q1"/><g:ObsValue value="9.5"/>
 <g:Attributes><g:Value id="OBS_STATUS" value="P"/></g:Attributes></g:Obs></g:Series></m:DataSet></m:GenericTimeSeriesData>"""


def test_generic_series_are_read() -> None:
    [row] = read_data(GENERIC.encode()).rows
    assert (row.indicator, row.division, str(row.period), row.value, row.status) == (
        "GDP", "DE", "2023-Q1", Decimal("9.5"), Status.PROVISIONAL,
    )  # fmt: skip
    named = write_structures([], [Area("DE", "", "", "Germany"), Area("FR", "")], at=AT)
    assert [area.name_hans for area in read_structures(named.encode()).areas] == ["Germany", "FR"]
