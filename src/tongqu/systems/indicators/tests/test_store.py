"""The store: definitions in versions, vintages, series and ranks, tables in and out; who may write."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from django.db import IntegrityError, transaction
from openpyxl import Workbook

from conftest import Town, make_person, make_unit
from tongqu.kernel.periods import Period
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.rules import Role, UnitKind
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.actions.importing import import_figures
from tongqu.systems.indicators.actions.recording import Origin, record_figures
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.figures import Observation, Release
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.export import Wanted, csv_lines, tidy, write_parquet
from tongqu.systems.indicators.queries.figure import vintages_of
from tongqu.systems.indicators.queries.ranks import history_of, ranks_in, standing
from tongqu.systems.indicators.queries.series import growth_beside, measured_series, series
from tongqu.systems.indicators.rules.definition import Definition, Kind, Status
from tongqu.systems.indicators.rules.ranking import Late, Measure
from tongqu.systems.indicators.tests.makers import (
    COUNTIES,
    GDP,
    county,
    define_all,
    indicator,
    row,
    some_figures,
    told,
)

pytestmark = pytest.mark.django_db
NINE = Period.parse("2024-01/P9M")


def value_of(code: str, place: str, period: Period, at: datetime | None = None) -> Decimal | None:
    division = county(place)
    return series(indicator(code), [division.pk], at=at)[division.pk].get(period)


def test_an_indicator_keeps_its_versions(at: datetime) -> None:
    define_all(at)
    changed = Definition(**{**vars(GDP), "source": "统计局"})
    assert define_indicator(GDP, by=SYSTEM, at=at).version == 1
    row_ = define_indicator(changed, by=SYSTEM, at=at, reason="来源")
    assert (row_.version, row_.definition) == (2, changed)
    assert [v.terms["source"] for v in row_.versions.order_by("number")] == ["", "统计局"]
    fact = Fact.objects.get(verb="indicator.changed")
    assert (fact.before, fact.after, fact.note) == ('{"source":""}', '{"source":"统计局"}', "来源")


def test_vintages_count_by_when_they_were_known(at: datetime) -> None:
    define_all(at)
    first = told([row("GDP", "330825", str(NINE), "200.1", status=Status.PROVISIONAL)], at, days=30)
    again = told([row("GDP", "330825", str(NINE), "200.10", status=Status.PROVISIONAL)], at, days=20)
    revised = told([row("GDP", "330825", str(NINE), "203.5")], at, days=10)
    older = told([row("GDP", "330825", str(NINE), "199")], at, days=40)
    assert [(r.added, r.revised, r.unchanged) for r in (first, again, revised, older)] == [
        (1, 0, 0),
        (0, 0, 1),
        (0, 1, 0),
        (0, 1, 0),
    ]
    assert again.release is None
    day = timedelta(days=1)
    seen = [value_of("GDP", "330825", NINE, at - n * day) for n in (50, 35, 25, 5)]
    assert seen == [None, Decimal("199"), Decimal("200.1"), Decimal("203.5")]
    assert value_of("GDP", "330825", NINE) == Decimal("203.5")
    assert Observation.objects.filter(is_latest=True).count() == 1


def test_a_figure_shows_its_evidence_to_those_who_may_see_it(town: Town, at: datetime) -> None:
    define_all(at)
    paper = store(
        "前三季度,200.1".encode(), name="report.txt", by=town.township_clerk, at=at,
        unit=town.township_government, restricted=True,
    ).evidence  # fmt: skip
    given = row("GDP", "330825", str(NINE), "200.1")
    told([given], at, evidence=paper, spans={given.key: (5, 10)})
    for person, sees in ((town.township_clerk, True), (town.outsider, False)):
        [found] = vintages_of(person, indicator("GDP"), county("330825"), NINE, Kind.LEVEL)
        assert (found.evidence == paper, found.has_evidence, found.counts) == (sees, True, True)
        assert (found.observation.span_start, found.observation.span_end) == (5, 10)
    assert paper.sha256 in Fact.objects.get(verb="figures.recorded").evidence


def test_only_the_statistics_office_writes(town: Town, at: datetime, settings: object) -> None:
    office = make_unit("tjj", UnitKind.LINE, "市统计局", town.prefecture, town.city_desk)
    clerk = make_person("tj", "统计员", (office, Role.HANDLER))
    for person in (town.region_admin, town.county_leader, town.desk_officer, clerk, town.outsider):
        if person == town.region_admin:
            define_all(at, by=person)
            continue
        with pytest.raises(NotAllowed, match="statistics office"):
            told([row("GDP", "330825", str(NINE), "1")], at, by=person)
    settings.STATISTICS_OFFICE = "tjj"  # type: ignore[attr-defined]
    assert told([row("GDP", "330825", str(NINE), "1")], at, by=clerk).added == 1
    assert Fact.objects.filter(verb="figures.recorded", actor_ref=clerk.actor_ref).count() == 1
    assert StatDivision.objects.get(code="330825").division == town.other_county


def test_what_cannot_be_recorded_leaves_nothing(at: datetime) -> None:
    define_all(at)
    good = row("GDP", "330825", str(NINE), "1")
    with pytest.raises(BadInput, match="from the future"):
        told([good], at, days=-1)
    with pytest.raises(BadInput, match="not known: 999, NONE"):
        told([good, row("NONE", "999", "2024", "1")], at)
    with pytest.raises(BadInput, match="at most 200"):
        record_figures([good], Origin(" ", at), by=SYSTEM, at=at)
    with pytest.raises(BadInput, match="not known: 1, 2"):
        define_set("x", name="x", members=["1", "2"], by=SYSTEM, at=at)
    assert not Release.objects.exists()
    told([good], at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.update(status=Status.MISSING)
    assert add_divisions([("330825", "龙游县", "", "")], by=SYSTEM, at=at) == 0


def test_ranks_growth_ratios_and_streaks(at: datetime) -> None:
    counties = define_all(at)
    some_figures(at)
    quarter = Period.parse("2024-Q1")
    gdp, pm = indicator("GDP"), indicator("PM25")
    ranked = [(m.code, p.rank, p.of) for m, p in ranks_in(gdp, counties, quarter)]
    assert ranked[0] == ("330803", 1, 5)
    assert [p.rank for _, p in ranks_in(pm, counties, quarter)] == [1, 1, 3, 4, 5]
    told([row("GDP", "330822", "2024-Q1", "30.1", Kind.YOY)], at)
    grown = ranks_in(gdp, counties, quarter, measure=Measure.GROWTH)
    assert [(m.code, p.value) for m, p in grown][:2] == [
        ("330822", Decimal("30.1")),
        ("330825", Decimal("22.5")),
    ]
    beside = growth_beside(gdp, county("330822"))[quarter]
    assert (beside.published, beside.computed, beside.difference) == (Decimal("30.1"), 0, Decimal("30.1"))
    assert not beside.is_suspicious
    history = history_of(pm, counties, county("330825"), within_first=2)
    assert [place.rank for place in history.ranks.values()] == [2, 1]
    assert [each.length for each in history.streaks] == [1, 1]
    places, tally = standing(
        county("330825"), counties, [(gdp, quarter, Measure.VALUE), (pm, quarter, Measure.VALUE)]
    )
    assert ([p.rank for p in places if p], tally.first, tally.within_first) == ([3, 1], 1, {3: 2, 6: 2})
    told([row("INCOME_URBAN", "330825", "2024", "60000"), row("INCOME_RURAL", "330825", "2024", "40000")], at)
    assert value_of("INCOME_RATIO", "330825", Period.parse("2024")) == Decimal("1.5")
    told([row("INCOME_RATIO", "330825", "2024", "1.51")], at)
    assert value_of("INCOME_RATIO", "330825", Period.parse("2024")) == Decimal("1.51")


def test_a_set_may_let_the_last_known_figure_stand_in(at: datetime) -> None:
    counties = define_set("late", name="x", members=define_all(at).members.values_list("code", flat=True),
                          late=Late.LAST_KNOWN, by=SYSTEM, at=at)  # fmt: skip
    some_figures(at)
    told([row("GDP", "330825", "2024-S1", "220")], at)
    found = {
        m.code: (p.rank, p.is_late) for m, p in ranks_in(indicator("GDP"), counties, Period.parse("2025-Q1"))
    }
    assert found["330803"] == (1, True)
    change = measured_series(indicator("GDP"), [county("330825").pk], Measure.CHANGE)
    assert next(iter(change.values()))[Period.parse("2024-Q1")] == 18


CSV = '指标,地区,时期,数值,类型\nGDP,龙游县,2024-01/P9M,"1,200.50",\nGDP,330881,2024-Q3,7,\n\nGDP,江山市,2024,5.3,yoy\n'


def test_a_table_comes_in_with_its_good_rows(at: datetime) -> None:
    define_all(at)
    found = import_figures(CSV.encode("gb18030"), "a.csv", Origin("表", at), by=SYSTEM, at=at)
    assert (found.recorded.added, [(p.row, p.field) for p in found.problems]) == (2, [(3, "period")])
    assert value_of("GDP", "330825", NINE) == Decimal("1200.50")
    book = Workbook()
    for cells in csv.reader(io.StringIO(CSV)):
        book.active.append(cells)
    file = io.BytesIO()
    book.save(file)
    again = import_figures(file.getvalue(), "a.xlsx", Origin("表", at), by=SYSTEM, at=at)
    assert (again.recorded.unchanged, len(again.problems)) == (2, 1)


def test_a_name_that_two_divisions_share_names_neither(at: datetime) -> None:
    define_all(at)
    add_divisions([("320106", "鼓楼区", "", ""), ("320302", "鼓楼区", "", "")], by=SYSTEM, at=at)
    table = "indicator,division,period,value\nPM25,鼓楼区,2024,1\nPM25,320106,2024,1\n"
    found = import_figures(table.encode(), "a.csv", Origin("表", at), by=SYSTEM, at=at)
    assert [(p.row, p.field) for p in found.problems] == [(2, "division")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no column 'indicator'"),
        (b"\xff\xfe\x00", "no table"),
        (b"indicator,division,period,value\n", "no rows"),
        (b"indicator,division,period,value\nX,Y,2024,1\n", "row 2, indicator"),
        (b"indicator,division,period,value\n" + b"x" * 200_000 + b"\n", "no CSV"),
    ],
)
def test_what_is_no_table_is_refused(at: datetime, data: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        import_figures(data, "a.csv", Origin("表", at), by=SYSTEM, at=at)


def test_figures_go_out_as_tidy_csv_and_parquet(at: datetime, tmp_path: Path) -> None:
    define_all(at)
    some_figures(at)
    told([row("GDP", "330825", "2024-Q1", "98.50"), row("PM25", "330825", "2024-05", None)], at)
    wanted = Wanted(indicators=["GDP", "PM25"], divisions=["330825"], kinds=[Kind.LEVEL], all_vintages=True)
    rows = list(csv.DictReader(io.StringIO("".join(csv_lines(wanted)))))
    assert [(r["period"], r["value"], r["status"], r["revision"]) for r in rows] == [
        ("2023-Q1", "80", "A", "1"),
        ("2024-Q1", "98", "A", "1"),
        ("2024-Q1", "98.50", "A", "2"),
        ("2023-Q1", "22", "A", "1"),
        ("2024-Q1", "20", "A", "1"),
        ("2024-05", "", "O", "1"),
    ]
    file = tmp_path / "figures.parquet"
    assert write_parquet(file, wanted) == 6
    told_back = duckdb.sql("SELECT sum(value), count(*), max(revision) FROM '%s'" % file).fetchall()[0]  # noqa: UP031
    assert told_back == (Decimal("318.500"), 6, 2)
    assert len(list(tidy(Wanted()))) == 21
    assert len(COUNTIES) == 5
    assert Indicator.objects.count() == 5
