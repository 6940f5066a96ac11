"""Reports are kept with their claims; confirmed ones become figures with the report as evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from conftest import Town, shared_data
from tongqu.kernel.periods import Period
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.indicators.actions.claims import Confirmed, confirm_claims, mend_claim, reject_claim
from tongqu.systems.indicators.actions.defining import define_indicator
from tongqu.systems.indicators.actions.reports import MOST_CHARACTERS, ReportOrigin, read_report
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.figures import Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.models.report import Report
from tongqu.systems.indicators.queries.claims import Compared, reading_of
from tongqu.systems.indicators.queries.series import series
from tongqu.systems.indicators.rules.claims.claim import Kind as Stating
from tongqu.systems.indicators.rules.claims.meaning import Lack
from tongqu.systems.indicators.rules.claims.mending import Mend
from tongqu.systems.indicators.rules.claims.settling import ClaimState, ReportState, Standing
from tongqu.systems.indicators.rules.definition import Definition, Kind, Status
from tongqu.systems.indicators.rules.published_ranks import published_rank_code
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.tests.makers import row, told
from tongqu.systems.indicators.tests.report_makers import CITIES, TEXT, a_report, claim, define_cities

pytestmark = pytest.mark.django_db
YEAR = Period.parse("2021")


def value_of(code: str, kind: Kind = Kind.LEVEL, period: Period = YEAR) -> Decimal | None:
    division = StatDivision.objects.get(code="3308")
    return series(Indicator.objects.get(code=code), [division.pk], kind=kind)[division.pk].get(period)


def compared(report: Report, text: str, at: datetime) -> Compared:
    return next(each for each in reading_of(report, None, at).claims if each.claim.text == text)


def test_a_report_is_kept_once_with_every_claim(town: Town, at: datetime) -> None:
    define_cities(at)
    for person in (town.outsider, town.county_leader):
        with pytest.raises(NotAllowed):
            a_report(at, person)
    made = a_report(at, town.region_admin)
    report = made.report
    assert (made.is_new, report.state, report.text) == (True, ReportState.OPEN, TEXT)
    for each in report.claims.all():
        assert report.text[each.start : each.end] == each.text
    gdp = claim(report, "1800.6亿元")
    assert (gdp.value, gdp.unit, gdp.code, gdp.division_code, gdp.period) == (
        "1800.6",
        "亿元",
        "gdp",
        "3308",
        "2021",
    )
    again = a_report(at, town.region_admin)
    assert (again.is_new, again.report) == (False, report)
    assert report.evidence.sha256 in Fact.objects.get(verb="report.read").evidence
    assert list(Report.objects.visible_to(town.region_admin)) == [report]
    assert list(Report.objects.visible_to(town.outsider)) == []


def test_what_cannot_be_read_leaves_nothing(at: datetime) -> None:
    origin = ReportOrigin("x", at)
    for data, name, where, words in (
        (b"x", "a.png", origin, "no kind that can be read"),
        (b" \n", "a.txt", origin, "no text"),
        ("增".encode() * (MOST_CHARACTERS + 1), "a.txt", origin, "Split it"),
        (b"x", "a.txt", ReportOrigin(" ", at), "at most 200"),
        (b"x", "a.txt", ReportOrigin("x", at + timedelta(days=1)), "from the future"),
    ):
        with pytest.raises(BadInput, match=words):
            read_report(data, name, where, by=SYSTEM, at=at)
    assert not Report.objects.exists()


def test_a_page_and_an_old_encoding_are_kept_as_their_text(at: datetime) -> None:
    page = read_report("<p>税收增长5%。</p>".encode(), "a.html", ReportOrigin("x", at), by=SYSTEM, at=at)
    wide = read_report("稅收增長6%。".encode("utf-16"), "b.txt", ReportOrigin("x", at), by=SYSTEM, at=at)
    assert [page.report.text, wide.report.text] == ["税收增长5%。", "稅收增長6%。"]
    assert [each.report.evidence.name for each in (page, wide)] == ["a.txt", "b.txt"]


def test_confirmed_claims_become_figures_with_the_report_as_evidence(at: datetime) -> None:
    define_cities(at)
    told([row("gdp", "3308", "2021", "1800.58")], at, days=20)
    report = a_report(at).report
    found = confirm_claims(report, None, by=SYSTEM, at=at)
    assert found == Confirmed(claims=6, added=5, revised=0, supported=1, statements=0)
    gdp = Observation.objects.get(indicator__code="gdp", kind=0)
    assert (gdp.value, list(claim(report, "1800.6亿元").figures.all())) == (Decimal("1800.58"), [gdp])
    growth = Observation.objects.get(indicator__code="gdp", kind=1)
    assert (growth.value, growth.release.known_at) == (Decimal("8.7"), report.known_at)
    assert report.text[growth.span_start : growth.span_end] == "8.7%"
    assert growth.release.evidence == report.evidence
    assert Observation.objects.get(indicator__code="electricity").status == Status.ESTIMATED
    rank = Indicator.objects.get(code=published_rank_code("gdp", Measure.GROWTH, "zj-cities"))
    assert (value_of(rank.code, Kind.RANK), rank.name_zh_hans) == (2, "地区生产总值增速位次（浙江省设区市）")
    states = {each.text: each.state for each in report.claims.all()}
    assert {text for text, state in states.items() if state == ClaimState.NEW} == {"全省前六", "130场", "7%"}
    again = confirm_claims(report, None, by=SYSTEM, at=at)
    assert again == Confirmed(0, 0, 0, 0, 0)


def test_what_lacks_something_stays_a_statement_until_it_can_be_a_figure(at: datetime) -> None:
    define_cities(at)
    report = a_report(at).report
    events, target = claim(report, "130场"), claim(report, "7%")
    found = confirm_claims(report, [events.pk, target.pk, claim(report, "全省前六").pk], by=SYSTEM, at=at)
    assert (found.statements, found.added, Observation.objects.count()) == (3, 0, 0)
    lacks = [compared(report, text, at).meaning.lack for text in ("130场", "7%", "全省前六")]
    assert lacks == [Lack.INDICATOR, Lack.TARGET, Lack.WITHIN]
    define_indicator(Definition("events", events.indicator, unit="场"), by=SYSTEM, at=at)
    assert confirm_claims(report, [events.pk], by=SYSTEM, at=at).added == 1
    with pytest.raises(BadInput, match="no claims of this report: 0"):
        confirm_claims(report, [0], by=SYSTEM, at=at)


def test_a_claim_is_held_against_the_store_and_other_reports(
    at: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    define_cities(at)
    rows = [row("gdp", code, "2021", "9", Kind.YOY) for code in CITIES if code != "3308"]
    told(
        [*rows, row("gdp", "3308", "2021", "8.8", Kind.YOY), row("gdp", "3308", "2021", "1800.55")],
        at,
        days=1,
    )
    report = a_report(at).report
    with django_assert_max_num_queries(10):
        reading = reading_of(report, None, at)
    found = {each.claim.text: each for each in reading.claims}
    assert found["1800.6亿元"].standing is Standing.AGREES
    growth = found["8.7%"]
    assert (growth.standing, growth.pairs[0].difference) == (Standing.DIFFERS, Decimal("-0.1"))
    # By growth of 8.8 % it is the last of eleven.
    assert (found["全省第2位"].standing, found["全省第2位"].pairs[0].difference) == (Standing.DIFFERS, -9)
    assert found["10.1%"].standing is Standing.UNKNOWN
    other = a_report(at, text="2021年衢州固定资产投资增长11.5%。", name="b.txt").report
    assert compared(report, "10.1%", at).standing is Standing.CONTRADICTS
    [against] = compared(other, "11.5%", at).against
    assert (against.row.report, against.difference) == (report, Decimal("1.4"))
    reject_claim(claim(other, "11.5%"), reason="误植", by=SYSTEM, at=at)
    assert compared(report, "10.1%", at).standing is Standing.UNKNOWN


def test_mending_keeps_what_was_read_and_withdraws_what_it_had_become(at: datetime) -> None:
    define_cities(at)
    report = a_report(at).report
    growth = claim(report, "10.1%")
    confirm_claims(report, [growth.pk], by=SYSTEM, at=at)
    assert value_of("fixed-investment", Kind.YOY) == Decimal("10.1")
    mend = Mend(Stating.YOY, "gdp", "3308", "2021", "10.2", "%", note="指标读错")
    assert mend_claim(growth, mend, by=SYSTEM, at=at).added == 1
    growth.refresh_from_db()
    assert (growth.state, growth.value, growth.stated.claim.value) == (
        ClaimState.MENDED,
        "10.1",
        Decimal("10.2"),
    )
    assert (value_of("fixed-investment", Kind.YOY), value_of("gdp", Kind.YOY)) == (None, Decimal("10.2"))
    confirm_claims(report, [growth.pk], by=SYSTEM, at=at)
    growth.refresh_from_db()
    assert growth.state == ClaimState.MENDED
    with pytest.raises(BadInput, match="No indicator has this code"):
        mend_claim(growth, Mend(Stating.YOY, "none"), by=SYSTEM, at=at)
    fact = Fact.objects.filter(verb="report.claim_mended").get()
    assert fact.note == "指标读错"


def test_a_rejected_claim_gives_back_what_was_known_before(town: Town, at: datetime) -> None:
    define_cities(at)
    told([row("gdp", "3308", "2021", "1790")], at, days=20)
    report = a_report(at, town.region_admin, "2021年衢州地区生产总值1800.6亿元。").report
    gdp = claim(report, "1800.6亿元")
    assert confirm_claims(report, [gdp.pk], by=town.region_admin, at=at).revised == 1
    report.refresh_from_db()
    assert (value_of("gdp"), report.state) == (Decimal("1800.6"), ReportState.SETTLED)
    with pytest.raises(BadInput, match="at most 300"):
        reject_claim(gdp, reason=" ", by=town.region_admin, at=at)
    reject_claim(gdp, reason="统计口径不同", by=town.region_admin, at=at)
    gdp.refresh_from_db()
    assert (value_of("gdp"), gdp.note, gdp.figures.count()) == (1790, "统计口径不同", 0)
    with pytest.raises(MoveNotAllowed):
        reject_claim(gdp, reason="x", by=town.region_admin, at=at)
    for act in (
        lambda: confirm_claims(report, None, by=town.outsider, at=at),
        lambda: reject_claim(gdp, reason="x", by=town.outsider, at=at),
        lambda: mend_claim(gdp, Mend(Stating.LEVEL), by=town.outsider, at=at),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_figure_that_the_report_says_twice_goes_with_the_second(at: datetime) -> None:
    define_cities(at)
    text = "2021年衢州固定资产投资增长10.1%。\n会议指出,2021年衢州固定资产投资增长10.1%。"
    report = a_report(at, text=text).report
    assert confirm_claims(report, None, by=SYSTEM, at=at).added == 1
    first, second = report.claims.all()
    assert list(first.figures.all()) == list(second.figures.all())
    reject_claim(first, reason="重复", by=SYSTEM, at=at)
    assert value_of("fixed-investment", Kind.YOY) == Decimal("10.1")
    reject_claim(second, reason="口径", by=SYSTEM, at=at)
    assert value_of("fixed-investment", Kind.YOY) is None
    assert confirm_claims(report, [first.pk], by=SYSTEM, at=at).revised == 1


def test_a_report_in_traditional_characters_states_the_same_figures(at: datetime) -> None:
    define_cities(at)
    text = "2021年,衢州市地區生產總值1800.6億元,比上年增長8.7%,增速居全省第2位。"
    report = a_report(at, text=text).report
    assert confirm_claims(report, None, by=SYSTEM, at=at).added == 3
    assert [value_of("gdp"), value_of("gdp", Kind.YOY)] == [Decimal("1800.6"), Decimal("8.7")]


def test_two_names_of_a_set_are_one_thing(at: datetime) -> None:
    define_cities(at)
    first = a_report(at, text="2021年衢州地区生产总值居全省第2位。").report
    second = a_report(at, text="2021年衢州地区生产总值居全省11个设区市第3位。", name="b.txt").report
    [row_] = reading_of(first, None, at).claims
    assert [each.row.report for each in row_.against] == [second]
    assert row_.standing is Standing.CONTRADICTS


def test_the_press_texts_are_kept_and_confirmed(at: datetime) -> None:
    define_cities(at)
    for file in sorted(shared_data("press").glob("*.txt")):
        made = read_report(file.read_bytes(), file.name, ReportOrigin(file.stem, at), by=SYSTEM, at=at)
        assert confirm_claims(made.report, None, by=SYSTEM, at=at).statements == 0
