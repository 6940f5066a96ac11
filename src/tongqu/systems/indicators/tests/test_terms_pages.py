"""The terms of contests as forms: the round trip with the rules, the check of formulas, and the pages that define."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm
from django.test import Client
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Town
from tongqu.systems.indicators.forms import terms as terms_forms
from tongqu.systems.indicators.forms.terms import ContestForms
from tongqu.systems.indicators.models.contest import Contest as ContestRow
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.contest_data import contest_data, read_contest
from tongqu.systems.indicators.rules.contests import Contest, Item, Missing
from tongqu.systems.indicators.rules.definition import Better
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.targets import read_targets, targets_text
from tongqu.systems.indicators.tests.makers import TERMS, a_contest, define_all, some_figures

NEW = "/indicators/definitions/new-contest/"
FLAG = "/indicators/definitions/contests/flag/"


def numbers(least: str, most: str) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), places=3)


ITEMS = st.builds(
    Item,
    code=st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    indicator=st.sampled_from(["GDP", "PM25"]),
    weight=numbers("0.001", "1000"),
    formula=st.sampled_from(["100 - (rank - 1) * 5", "value / target * 100", "if(rank <= 3, 100, 60)"]),
    measure=st.sampled_from(Measure),
    better=st.sampled_from(Better),
    low=numbers("-50", "50"),
    high=numbers("50", "200"),
    missing=st.sampled_from(Missing),
)
CONTESTS = st.builds(
    Contest,
    items=st.lists(ITEMS, min_size=1, max_size=4, unique_by=lambda item: item.code).map(tuple),
    flags=st.integers(1, 99),
    most_bonus=numbers("0", "99"),
    most_penalty=numbers("0", "99"),
    decimals=st.integers(0, 4),
)
PLACES = {"330803": "衢江区", "330825": "龙游县", "330881": "江山市"}
TARGETS = st.dictionaries(
    st.sampled_from(["gdp", "pm"]),
    st.dictionaries(st.sampled_from(sorted(PLACES)), numbers("-999", "999").map(str), min_size=1),
)


@given(TARGETS)
def test_targets_go_into_a_table_of_text_and_back(targets: dict[str, dict[str, str]]) -> None:
    text = targets_text(targets, ["gdp", "pm"], PLACES)
    read = read_targets(text, {"gdp": "gdp", "pm": "pm"}, {code: code for code in PLACES})
    assert (read.targets, read.problems) == (targets, [])


@pytest.mark.parametrize(
    ("text", "row", "message"),
    [
        ("区划\tx\n330803\t1", 1, "'x' is no item of the contest. Head the columns with gdp."),
        ("gdp\tgdp\n330803\t1", 1, "The first line names the columns"),
        ("区划\tgdp\n999\t1", 2, "'999' is no code or name of a member"),
        ("区划,gdp\n\n330803,much", 3, "'much' is no number"),
        ("区划\tgdp\n330803\t1.23456", 2, "at most four decimals"),
        ("区划\tgdp\n330803\t1\n衢江区\t2", 3, "衢江区 stands twice"),
    ],
)
def test_what_is_no_target_is_named_with_its_line(text: str, row: int, message: str) -> None:
    read = read_targets(text, {"gdp": "gdp"}, {"330803": "330803", "衢江区": "330803"})
    assert [(problem.row, message in problem.message) for problem in read.problems] == [(row, True)]


def test_a_table_of_targets_needs_no_names_and_no_target() -> None:
    assert read_targets(" \n", {}, {}).targets == {}
    read = read_targets("代码\t名称\tgdp\n330803\t衢江区\t\n", {"gdp": "gdp"}, {"330803": "330803"})
    assert (read.targets, read.problems) == ({}, [])


def posted(forms: ContestForms) -> dict[str, Any]:
    """Return what a browser would send of the forms as they are shown."""
    rows: list[BaseForm] = [forms.form, *forms.items.forms, forms.items.management_form]
    fields = [field for form in rows for field in form]
    return {
        field.html_name: field.value()
        for field in fields
        if field.value() is not None and field.value() is not False
    }


@pytest.mark.django_db
def test_the_forms_say_what_the_rules_say(at: datetime) -> None:
    division_set = define_all(at)
    row = ContestRow(code="flag", name_zh_hans="红旗", division_set=division_set, terms={})
    known = list(Indicator.objects.all())

    @settings(max_examples=25, deadline=None)
    @given(CONTESTS)
    def same(contest: Contest) -> None:
        row.terms = contest_data(contest)
        with patch.object(terms_forms.Indicator.objects, "all", return_value=known):
            shown = ContestForms(row, contest, seen="x")
            again = ContestForms(row, contest, posted(shown))
            assert again.is_valid(), (again.form.errors, again.items.errors)
        assert read_contest(again.terms) == contest

    same()


def seen(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status, address
    return answer.content.decode()


def sent(client: Client, address: str, said: dict[str, Any], status: int = 302) -> str:
    answer = client.post(address, said, headers={"Accept-Language": "en"})
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer["Location"] if status == 302 else answer.content.decode()


@pytest.fixture
def keeper(client: Client, town: Town, at: datetime) -> Client:
    """Define indicators with figures, and sign a keeper in."""
    define_all(at)
    some_figures(at)
    client.force_login(town.region_admin)
    return client


def written(**more: Any) -> dict[str, Any]:
    """Return a contest of one item as a browser would send it."""
    items = {
        "TOTAL_FORMS": "2", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "40",
        "0-indicator": "GDP", "0-code": "gdp", "0-measure": "value", "0-better": "up", "0-weight": "60", "0-low": "0",
        "0-high": "100", "0-missing": "zero", "0-formula": "100 - (rank - 1) * 10",
        "1-indicator": "", "1-measure": "value", "1-better": "up", "1-low": "0", "1-high": "100", "1-missing": "zero",
    }  # fmt: skip
    about = {
        "code": "race", "name": "赛马", "division_set": "counties", "flags": "1", "most_bonus": "5", "most_penalty": "5",
        "decimals": "2", "targets": "区划\tgdp\n衢江区\t6.5",
    }  # fmt: skip
    return about | {f"items-{name}": value for name, value in items.items()} | more


@pytest.mark.django_db
def test_a_contest_is_defined_once_and_its_terms_are_changed(keeper: Client) -> None:
    assert "Define a contest" in seen(keeper, NEW)
    page = sent(keeper, NEW, written(check=""), 200)
    assert "All holds" in page
    assert "衢江区" in page
    assert not ContestRow.objects.exists()
    assert sent(keeper, NEW, written(more=""), 200).count("One more item") == 1
    home = "/indicators/contests/race/hold/"
    for _twice in range(2):
        assert sent(keeper, NEW, written()) == home
    known = ContestRow.objects.get()
    assert known.terms["targets"] == {"gdp": {"330803": "6.5"}}
    assert "This code is taken" in sent(keeper, NEW, written(name="别的"), 422)
    page = seen(keeper, FLAG.replace("flag", "race"))
    mark = re.search(r'name="seen" value="([^"]+)"', page)[1]  # type: ignore[index]
    change = written(seen=mark, **{"items-0-weight": "80", "items-INITIAL_FORMS": "1"})
    address = FLAG.replace("flag", "race")
    assert sent(keeper, address, change) == home
    assert "Somebody changed this" in sent(keeper, address, change | {"items-0-weight": "90"}, 422)
    assert ContestRow.objects.get().terms["items"][0]["weight"] == "80"


REFUSED = [
    ({"items-0-formula": "100 - ("}, "items-0-formula", "is missing at the end"),
    ({"items-0-low": "200"}, "items-0-low", "above the upper one"),
    ({"items-0-weight": "0"}, "items-0-weight", "greater than or equal"),
    ({"ties_by": "pm"}, "ties_by", "it is no item of the contest"),
    ({"flags": "0"}, "flags", "greater than or equal to 1"),
    ({"targets": "区划\tgdp\n999\t1"}, "targets", "Line 2"),
    ({"code": "1 2"}, "code", "valid"),
    ({"items-0-DELETE": "on", "targets": ""}, "", "A contest needs an item"),
]


@pytest.mark.django_db
def test_what_the_terms_refuse_stands_at_its_field(keeper: Client) -> None:
    for change, field, message in REFUSED:
        page = sent(keeper, NEW, written(**change), 422)
        assert message in page, (change, re.findall("<ul>.*?</ul>", page, re.S)[:1])
        errors = re.findall(r'id="id_([\w-]+)_error"', page)
        assert errors == ([field] if field else []), change


@pytest.mark.django_db
def test_all_that_is_wrong_is_said_at_once(keeper: Client) -> None:
    page = sent(keeper, NEW, written(**{"items-0-formula": "100 - (rnk", "name": ""}), 422)
    assert re.findall(r'id="id_([\w-]+)_error"', page) == ["name", "items-0-formula"]
    assert "is not known" in page


@pytest.mark.django_db
def test_a_formula_is_checked_as_it_is_written(keeper: Client) -> None:
    address = "/indicators/definitions/formula/"
    page = sent(keeper, address, written(check="0"), 200)
    assert "known for 5 of 5" in page
    assert "60.00" in page
    said = {"items-0-formula": "value / target * 100", "check": "0"}
    assert "4 divisions have no target" in sent(keeper, address, written(**said), 200)
    with translation.override("zh-hans"):
        answer = keeper.post(
            address,
            written(**{"items-0-formula": "vale", "check": "0"}),
            headers={"Accept-Language": "zh-hans"},
        )
    assert "无法识别" in answer.content.decode()
    assert "No member of the set has a figure" in sent(
        keeper, address, written(**{"items-0-indicator": "INCOME_URBAN", "check": "0"}), 200
    )
    assert "Choose the set" in sent(keeper, address, written(division_set="", check="0"), 200)
    assert sent(keeper, address, written(check="9"), 200).strip() == ""


@pytest.mark.django_db
def test_an_indicator_is_defined_and_changed_in_versions(keeper: Client) -> None:
    terms = {
        "code": "RETAIL", "name": "社会消费品零售总额", "unit": "CNY_100M", "frequency": "Q", "accumulation": "cumulative",
        "price_basis": "current", "growth_basis": "none", "better": "up", "decimals": "2",
    }  # fmt: skip
    address = "/indicators/definitions/new-indicator/"
    home = "/indicators/definitions/indicators/RETAIL/"
    assert "A ratio has two parts" in sent(keeper, address, terms | {"numerator": "GDP"}, 422)
    parts = {"numerator": "RETAIL", "denominator": "NONE"}
    page = sent(keeper, address, terms | parts, 422)
    assert "no part of itself" in page
    assert "No indicator has this code" in page
    for _twice in range(2):
        assert sent(keeper, address, terms) == home
    assert "This code is taken" in sent(keeper, address, terms | {"unit": "PCT"}, 422)
    change = terms | {"unit": "CNY_10K", "reason": "口径调整", "seen": "1"}
    sent(keeper, home, change | {"reason": ""}, 422)
    assert sent(keeper, home, change) == home
    assert "Somebody changed this" in sent(keeper, home, change | {"unit": "PCT"}, 422)
    page = seen(keeper, home)
    assert "口径调整" in page
    assert "<del>CNY_100M</del> → CNY_10K" in page
    assert "RETAIL" in seen(keeper, "/indicators/definitions/")


@pytest.mark.django_db
def test_a_set_is_defined_by_codes_and_names(keeper: Client) -> None:
    said = {"code": "two", "name": "两地", "late": "leave_out", "members": "330803\n龙游县\n330999 新县"}
    address, home = "/indicators/definitions/new-set/", "/indicators/definitions/sets/two/"
    assert "Line 3" in sent(keeper, address, said, 422)
    for _twice in range(2):
        assert sent(keeper, address, said | {"adds": "on"}) == home
    assert DivisionSet.objects.get(code="two").members.count() == 3
    assert StatDivision.objects.get(code="330999").name_zh_hans == "新县"
    page = seen(keeper, home)
    assert "330803\t衢江区" in page
    mark = re.search(r'name="seen" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert sent(keeper, home, said | {"seen": mark, "members": "330803"}) == home
    assert "Somebody changed this" in sent(keeper, home, said | {"seen": mark, "members": "330825"}, 422)


@pytest.mark.django_db
def test_a_table_is_looked_at_and_then_recorded(keeper: Client, settings: Any, tmp_path: Any) -> None:
    settings.HOME = tmp_path
    address = "/indicators/import/"
    assert "Look at the file" in seen(keeper, address)
    about = {"title": "公报", "known_at": "2026-09-01T08:00"}
    assert "Choose a file" in sent(keeper, address, about, 422)
    table = "指标,地区,时期,数值\nGDP,330825,2024-Q2,9\nGDP,330825,2024-S1,210.50\nGDP,nowhere,2024,1\n"
    before = Observation.objects.count()

    def file() -> dict[str, Any]:
        return about | {"file": SimpleUploadedFile("a.csv", table.encode())}

    page = sent(keeper, address, file(), 200)
    assert "What recording would do" in page
    assert "would be 2024-S1" in page
    assert Observation.objects.count() == before, "nothing is kept yet"
    chinese = keeper.post(address, file(), headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "没有代码或名称为“nowhere”的区划" in chinese
    key = re.search(r'name="key" value="([^"]+)"', page)[1]  # type: ignore[index]
    again = about | {"key": key, "file_name": "a.csv", "record": "1", "keeps_file": "on"}
    assert "What was recorded" in sent(keeper, address, again, 200)
    assert Observation.objects.count() == before + 1
    assert Observation.objects.latest("pk").release.evidence.name == "a.csv"  # type: ignore[union-attr]
    assert "Known already" in sent(keeper, address, again, 200)
    assert Observation.objects.count() == before + 1, "sent twice"
    assert "from the future" in sent(keeper, address, again | {"known_at": "2999-01-01T00:00"}, 422)
    gone = again | {"key": "0" * 64}
    assert "no longer here" in sent(keeper, address, gone, 422)
    bad = about | {"file": SimpleUploadedFile("b.csv", b"a,b\n1,2\n")}
    assert "There is no column" in sent(keeper, address, bad, 422)


@pytest.mark.django_db
def test_sdmx_is_taken_in_by_what_it_is(keeper: Client, town: Town) -> None:
    structure = keeper.get("/api/v1/indicators/sdmx/structure").content
    data = b"".join(keeper.get("/api/v1/indicators/sdmx/data").streaming_content)  # type: ignore[attr-defined]
    for content, shown in ((structure, "Indicators"), (data, "Nothing in this file is new")):
        said = {"title": "公报", "known_at": "2026-09-01T08:00", "file": SimpleUploadedFile("s.xml", content)}
        assert shown in sent(keeper, "/indicators/import/", said, 200)


@pytest.mark.django_db
def test_only_keepers_define_and_import(keeper: Client, town: Town, at: datetime) -> None:
    a_contest(DivisionSet.objects.get(), at)
    assert TERMS["items"][0]["formula"].replace("&", "&amp;") in seen(keeper, FLAG)
    keeper.force_login(town.county_leader)
    for address in (
        NEW,
        FLAG,
        "/indicators/import/",
        "/indicators/definitions/",
        "/indicators/definitions/new-set/",
    ):
        seen(keeper, address, 403)
