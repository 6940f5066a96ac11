"""Report cards and ten years: what they say against the store, as pages, as files, through the API and the command."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils.translation import override
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries
from typer.testing import CliRunner

from conftest import Town
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.indicators.actions.defining import define_indicator
from tongqu.systems.indicators.commands import app
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.queries.card_files import typesetting
from tongqu.systems.indicators.queries.card_files.typesetting import NoFont, font_for
from tongqu.systems.indicators.queries.cards import card_of, newest_periods, set_for
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.published_ranks import published_rank_definition
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.reports.card import Card
from tongqu.systems.indicators.rules.reports.parts import What, numbers_in, plain_text
from tongqu.systems.indicators.tests.card_makers import GDP, a_year, define_reported, reported_figures
from tongqu.systems.indicators.tests.makers import county, row, told

pytestmark = pytest.mark.django_db
GDP_SAID = "全年地区生产总值1800.50亿元，按可比价格计算，比上年增长8.4%（初步数），增速居全省4市第1位，位次与上年持平。"


@pytest.fixture
def _figures(at: datetime) -> None:
    define_reported(at)
    reported_figures(at)


def the_card(code: str = "990100", year: int = 2021) -> Card:
    place = county(code)
    with override("zh-hans"):
        return card_of(place, a_year(year), division_set=set_for(place))


@pytest.mark.usefixtures("_figures")
def test_every_figure_of_a_card_stands_in_the_store() -> None:
    card = the_card()
    said = [plain_text(each) for each in card.sentences]
    assert said[0] == "2021年，甲市5项主要指标中，有排名的4项增速有2项进入全省4市前三，2项居第一。"
    assert GDP_SAID.replace("持平。", "持平，连续2年居前三位。") in said
    figures = [part for part in numbers_in(card.sentences) if part.origin.what == What.FIGURE]
    assert len(figures) > 5
    for part in figures:
        held = Observation.objects.get(
            indicator__code=part.origin.indicator,
            division__code=part.origin.division,
            period=part.origin.period.code,
            kind=KIND_NUMBERS[part.origin.kind],
            is_latest=True,
        )
        assert held.value == part.value


@pytest.mark.usefixtures("_figures")
def test_a_rank_among_too_few_is_not_told() -> None:
    card = the_card(year=2015)
    assert {line.standing for line in card.lines} == {None}
    assert plain_text(card.summary[0]).startswith("未作排名")
    with override("zh-hans"):
        assert "位" not in plain_text(card_of(county("990100"), a_year()).sections[0].sentences[0])


def test_a_published_rank_is_told_where_none_can_be_reckoned(at: datetime) -> None:
    define_reported(at)
    rank = published_rank_definition(GDP, Measure.GROWTH, "cities", "全省4市")
    define_indicator(rank, by=SYSTEM, at=at)
    rows = [row("gdp", "990100", "2021", "8.4", Kind.YOY)]
    rows += [row(rank.code, "990100", str(year), str(year - 2018), Kind.RANK) for year in (2020, 2021)]
    told(rows, at)
    said = [plain_text(each) for each in the_card().sentences]
    assert said[-1] == (
        "全年地区生产总值按可比价格计算，比上年增长8.4%，增速居全省4市第3位（据公布），位次较上年后移1位，连续2年居前三位。"
    )


def test_other_indicators_take_the_place_of_main_ones_that_are_not_known(at: datetime) -> None:
    define_reported(at)
    define_indicator(GDP.__class__("zz-one", "甲乙丙", unit="家"), by=SYSTEM, at=at)
    told([row("zz-one", "990100", "2021", "555")], at)
    card = the_card()
    assert [plain_text(each) for each in card.sections[0].sentences] == ["全年甲乙丙555家。"]
    assert "没有数据" not in "".join(plain_text(each) for each in card.summary)
    assert newest_periods() == [(county("990100"), a_year())]


@pytest.mark.usefixtures("_figures")
def test_the_page_links_numbers_and_offers_files(client: Client, town: Town) -> None:
    client.force_login(town.outsider)
    page = client.get("/indicators/cards/990100/2021/").content.decode()
    assert "甲市2021年主要指标简报" in page
    way = "/indicators/gdp/figure/?division=990100&amp;period=2021&amp;kind=level"
    assert f'href="{way}">1800.50</a>' in page
    assert "/indicators/?indicator=gdp&amp;set=cities&amp;period=2021&amp;measure=growth" in page
    assert client.get(way.replace("&amp;", "&")).status_code == 200
    assert "▲" in page
    file = client.get("/indicators/cards/990100/2021/?set=cities&indicators=gdp,pm25&export=pdf")
    assert file.content.startswith(b"%PDF")
    assert "990100-2021.pdf" in file["Content-Disposition"]
    assert client.get("/indicators/cards/990100/soon/").status_code == 404
    assert "没有代码为" in client.get("/indicators/cards/990100/2021/?indicators=nothing").content.decode()


@pytest.mark.usefixtures("_figures")
def test_the_chooser_leads_to_the_card(client: Client, town: Town) -> None:
    client.force_login(town.outsider)
    page = client.get("/indicators/cards/").content.decode()
    assert "/indicators/cards/990100/2021/" in page
    sent = client.get("/indicators/cards/?division=990200&period=2021-01/P9M&set=cities&indicators=gdp")
    assert sent["Location"] == "/indicators/cards/990200/2021-01/P9M/?set=cities&indicators=gdp"
    assert client.get(sent["Location"]).status_code == 200
    plain = client.get("/indicators/cards/?division=990200&period=2021")
    assert plain["Location"] == "/indicators/cards/990200/2021/"
    assert "2024-S1" in client.get("/indicators/cards/?division=990200&period=soon").content.decode()


def test_an_empty_store_says_so(client: Client, town: Town, at: datetime) -> None:
    client.force_login(town.outsider)
    assert "还没有统计区划" in client.get("/indicators/cards/").content.decode()
    define_reported(at)
    assert "没有可报告的数据" in client.get("/indicators/cards/990100/2021/").content.decode()
    assert "还没有跨年较长的数据" in client.get("/indicators/ten-years/990100/").content.decode()


@pytest.mark.usefixtures("_figures")
def test_pdf_and_docx_read_back_say_what_the_store_holds(client: Client, town: Town) -> None:
    client.force_login(town.outsider)
    sentence = GDP_SAID.replace("持平。", "持平，连续2年居前三位。")
    answer = client.get(
        "/api/v1/indicators/cards/990100/file?period=2021", headers={"Accept-Language": "zh-hans"}
    )
    reader = PdfReader(io.BytesIO(answer.content))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")
    assert sentence.replace(" ", "") in text
    links = {
        note["/A"]["/URI"]
        for page in reader.pages
        for note in page.get("/Annots", ())
        if "/URI" in note["/A"]
    }
    assert "http://testserver/indicators/gdp/figure/?division=990100&period=2021&kind=level" in links
    answer = client.get(
        "/api/v1/indicators/cards/990100/file?period=2021&format=docx", headers={"Accept-Language": "zh-hans"}
    )
    parts = zipfile.ZipFile(io.BytesIO(answer.content))
    document = ElementTree.fromstring(parts.read("word/document.xml"))
    paragraphs = ["".join(each.itertext()) for each in document.iter(f"{WORD}p")]
    assert sentence in paragraphs
    assert "figure/?division=990100" in parts.read("word/_rels/document.xml.rels").decode()
    assert any(name.startswith("word/media/") for name in parts.namelist())


WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.mark.usefixtures("_figures")
def test_the_api_says_where_each_number_comes_from(client: Client, town: Town) -> None:
    client.force_login(town.outsider)
    address = "/api/v1/indicators/cards/990100?period=2021&set=cities"
    told_of = client.get(address, headers={"Accept-Language": "zh-hans"}).json()
    assert told_of["sentences"][0]["text"].startswith("全年地区生产总值1800.50亿元")
    number = next(part for part in told_of["sentences"][0]["parts"] if part["text"] == "1800.50")
    assert (number["origin"]["indicator"], number["origin"]["kind"], number["value"]) == (
        "gdp",
        "level",
        "1800.50",
    )
    assert told_of["lines"][0]["rank"] == 1
    assert client.get(f"{address}&indicators=nothing").status_code == 422
    many = ",".join(["gdp"] * 41)
    assert client.get(f"{address}&indicators={many}").status_code == 422


@pytest.mark.usefixtures("_figures")
def test_ten_years_lead_to_their_evidence(client: Client, town: Town, at: datetime) -> None:
    define_indicator(GDP.__class__("zz-late", "新的"), by=SYSTEM, at=at + timedelta(days=1))
    client.force_login(town.outsider)
    page = client.get("/indicators/ten-years/990100/?set=cities").content.decode()
    assert "数说甲市这十年" in page
    assert "甲市有7项指标的数据跨越多年" in page.replace("</a>", "").replace(
        '<a class="figure-link" href="#standing">', ""
    )
    assert "/indicators/gdp/figure/?division=990100&amp;period=2012&amp;kind=level" in page
    assert "仅有首尾年份的数据" in page
    assert "增至2.0倍" in page


@pytest.mark.usefixtures("_figures")
def test_the_command_writes_files_and_says_what_is_wrong(tmp_path: Path, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://tongqu.example"
    out = tmp_path / "card.html"
    done = CliRunner().invoke(app, ["card", "990100", "2021", str(out), "--language", "en"])
    assert done.exit_code == 0, done.output
    assert "https://tongqu.example/indicators/gdp/figure/" in out.read_text()
    settings.PUBLIC_URL = ""
    assert CliRunner().invoke(app, ["card", "990100", "2021", str(out)]).exit_code == 0
    assert "href=" not in out.read_text()
    wrong = {
        ("1", "2021", str(out)): "No division",
        ("990100", "soon", str(out)): "not a period",
        ("990100", "2021", "card.txt"): "No card is written as",
        ("990100", "2021", str(tmp_path / "none" / "card.html")): "No such file",
        ("990100", "2021", str(out), "--set", "x"): "No set",
        ("990100", "2021", str(out), "--indicators", "x"): "No indicator",
        ("990100", "2021", str(out), "--language", "fr"): "No card is written in",
    }
    for words, message in wrong.items():
        failed = CliRunner().invoke(app, ["card", *words])
        assert failed.exit_code == 1
        assert message in failed.output.replace("\n", " ")


@pytest.mark.usefixtures("_figures")
def test_without_a_chinese_font_it_says_what_to_install(
    client: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NoFont, match="fonts-noto-cjk"):
        font_for("en", frozenset({"DejaVu Sans"}))
    monkeypatch.setattr(typesetting, "families", frozenset)
    client.force_login(town.outsider)
    for address in (
        "/indicators/cards/990100/2021/?export=docx",
        "/api/v1/indicators/cards/990100/file?period=2021",
    ):
        answer = client.get(address)
        assert answer.status_code == 503
        assert "fonts-noto-cjk" in answer.content.decode()


def test_invented_figures_are_marked(client: Client, town: Town, at: datetime) -> None:
    define_reported(at)
    reported_figures(at, is_invented=True)
    assert the_card().is_invented
    client.force_login(town.outsider)
    for address in ("/indicators/cards/990100/2021/", "/indicators/ten-years/990100/"):
        assert "chip-invented" in client.get(address).content.decode()
    page = client.get("/indicators/cards/990100/2021/?export=html").content.decode()
    assert "演示" in page
    assert Decimal("1800.50") == the_card().lines[0].value.value  # type: ignore[union-attr]


def test_figures_of_a_whole_span_stand_below_and_the_queries_stay_few(
    client: Client, town: Town, at: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    define_reported(at)
    reported_figures(at)
    told([row("urbanisation", "990100", "2012-01/P120M", "12.4")], at)
    client.force_login(town.outsider)
    page = client.get("/indicators/ten-years/990100/").content.decode()
    assert "period=2012-01%2FP120M" in page
    assert "2012—2021年" in page
    with django_assert_max_num_queries(24):
        client.get("/indicators/cards/990100/2021/")
    with django_assert_max_num_queries(20):
        client.get("/indicators/ten-years/990100/")
