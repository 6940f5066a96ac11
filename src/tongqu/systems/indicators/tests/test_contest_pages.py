"""The pages of contests: the list, the flag and the table, what-ifs, what would move the flag, and appeals."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from conftest import Town
from tongqu.kernel.periods import Period
from tongqu.systems.indicators.actions.contests import adjust, open_round, publish_round
from tongqu.systems.indicators.models.contest import Appeal, Result
from tongqu.systems.indicators.pages.contest_parts import weight_words
from tongqu.systems.indicators.queries.contests import Sensitivity, setting_of
from tongqu.systems.indicators.rules.contests import BadContest
from tongqu.systems.indicators.rules.sensitivity import reweighted
from tongqu.systems.indicators.tests.makers import a_contest, county, define_all, row, some_figures, told

pytestmark = pytest.mark.django_db
HOME = "/indicators/contests/flag/"
WEIGHTS = "weight_0=60&weight_1=40"


def seen(client: Client, address: str, status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers={"Accept-Language": "en", **headers})
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.fixture
def held(client: Client, town: Town, at: datetime) -> Client:
    """Publish a round of two editions, and open a draft of the next."""
    contest = a_contest(define_all(at), at)
    some_figures(at)
    admin = town.region_admin
    round_ = open_round(contest, Period.parse("2024-Q1"), by=admin, at=at)
    adjust(round_, county("330803"), Decimal("-3"), reason="通报批评", by=admin, at=at)
    publish_round(round_, by=admin, at=at)
    told([row("GDP", "330803", "2024-Q1", "130")], at + timedelta(hours=1))
    publish_round(round_, by=admin, at=at + timedelta(days=1), reason="数据修订")
    open_round(contest, Period.parse("2024-S1"), by=admin, at=at)
    client.force_login(town.outsider)
    return client


def test_the_list_says_who_holds_each_flag(client: Client, town: Town, at: datetime) -> None:
    client.force_login(town.outsider)
    assert "No contests yet" in seen(client, "/indicators/contests/")
    a_contest(define_all(at), at)
    assert "Nobody yet" in seen(client, HOME)
    assert "No rounds yet" in seen(client, HOME)
    assert client.post(f"{HOME}appeals/", {}).status_code == 404
    seen(client, f"{HOME}what-if/", 404)
    assert client.get("/indicators/contests/?export=xlsx").content.startswith(b"PK")


def test_a_contest_shows_its_flag_table_and_editions(
    held: Client, town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert "衢江区" in seen(held, "/indicators/contests/")
    with django_assert_max_num_queries(14):
        page = seen(held, HOME)
    assert "衢江区: since Q1 2024, for 1 round; held in 1 in all" in page
    assert "/indicators/GDP/figure/?division=330803&amp;period=2024-Q1&amp;kind=level" in page
    assert "通报批评" in page
    assert "Only those who answer for the division appeal for it." in page
    assert "no longer counts" in seen(held, f"{HOME}?edition=1")
    assert held.get(f"{HOME}?export=xlsx").content.startswith(b"PK")
    for wrong in ("?edition=3", "?period=soon", "?period=2024-S1"):
        seen(held, HOME + wrong, 404)
    held.force_login(town.region_admin)
    draft = seen(held, f"{HOME}?period=2024-S1")
    assert "As things stand" in draft
    assert "first half 2024 · Draft" in draft


def test_a_what_if_changes_the_table_and_stores_nothing(held: Client) -> None:
    before = list(Result.objects.values_list("pk", "total"))
    assert "The flag would stay: 衢江区" in seen(held, f"{HOME}what-if/?{WEIGHTS}")
    tried = f"{HOME}what-if/?{WEIGHTS}&division_0=330825&item_0=gdp&value_0=200"
    assert "The flag would change hands: 龙游县 instead of 衢江区" in seen(held, tried)
    assert "Write a number such as" in seen(held, tried.replace("200", "much"), 422)
    assert "Choose the division" in seen(held, f"{HOME}what-if/?{WEIGHTS}&value_2=5", 422)
    seen(held, f"{HOME}what-if/?weight_0=0&weight_1=1", 422)
    assert held.get(f"{tried}&export=xlsx").content.startswith(b"PK")
    assert list(Result.objects.values_list("pk", "total")) == before


def test_the_api_tries_the_same_weights(held: Client) -> None:
    address = "/api/v1/indicators/contests/flag/rounds/2024-Q1/what-if"
    for weights, status in (({"gdp": "1"}, 200), ({"x": "1"}, 422), ({"gdp": "0"}, 422)):
        answer = held.post(address, {"changes": [], "weights": weights}, content_type="application/json")
        assert answer.status_code == status, weights
        if status == 200:
            assert answer.json()[0]["scores"]["gdp"]["points"] == "0.84"


def test_what_would_move_the_flag_is_said_in_words(held: Client, at: datetime) -> None:
    page = seen(held, f"{HOME}sensitivity/")
    assert "instead of 98: 龙游县 would" in page
    part = seen(held, f"{HOME}sensitivity/", **{"HX-Request": "true"})
    assert "<html" not in part
    other = frozenset({"330825"})
    found = Sensitivity(frozenset({"330803"}), [], {"gdp": other}, {"gdp": other}, {})
    assert weight_words(found, {"gdp": "GDP"}, {"330825": "龙游县"}) == [
        "if GDP did not count: 龙游县 would hold it",
        "if GDP counted half: 龙游县 would hold it",
    ]


def test_weights_are_tried_on_items_of_the_contest_alone(held: Client, town: Town) -> None:
    setting = setting_of(Result.objects.first().round)  # type: ignore[union-attr]  # one was published
    assert reweighted(setting, {"pm": Decimal(80)}).contest.full_points == 140
    with pytest.raises(BadContest, match="'x' is no item"):
        reweighted(setting, {"x": Decimal(1)})


def test_appeals_are_filed_and_seen_by_those_who_answer(held: Client, town: Town) -> None:
    held.force_login(town.county_leader)
    assert "File the appeal" in seen(held, HOME)
    said = {"appeal-division": "330803", "appeal-text": "数据已修订"}
    for wrong in ({"appeal-text": "  "}, {"appeal-division": "330825"}):
        assert held.post(f"{HOME}appeals/", said | wrong).status_code == 422
    assert Appeal.objects.count() == 0
    assert held.post(f"{HOME}appeals/", said).url == f"{HOME}?period=2024-Q1"  # type: ignore[attr-defined]
    assert "数据已修订" in seen(held, HOME)
    held.force_login(town.outsider)
    assert "数据已修订" not in seen(held, HOME)
    assert held.post(f"{HOME}appeals/", said).status_code == 422
