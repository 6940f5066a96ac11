"""Contests are held on pages: rounds opened, points given and taken back, published, corrected, discarded; appeals decided."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from conftest import Town
from tongqu.kernel.periods import Period
from tongqu.kernel.problems import BadInput
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.indicators.actions.contests import (
    adjust,
    appeal,
    define_contest,
    open_round,
    publish_round,
    take_back,
)
from tongqu.systems.indicators.actions.keeping import Overtaken
from tongqu.systems.indicators.models.contest import Appeal, Contest, Round, RoundAdjustment
from tongqu.systems.indicators.queries.contests import setting_of, table_of
from tongqu.systems.indicators.queries.holding import flag_held_for
from tongqu.systems.indicators.queries.marks import mark_of_contest
from tongqu.systems.indicators.tests.makers import (
    TERMS,
    a_contest,
    county,
    define_all,
    row,
    some_figures,
    told,
)

pytestmark = pytest.mark.django_db
HOLD = "/indicators/contests/flag/hold/"
QUARTER = Period.parse("2024-Q1")


def seen(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status, address
    return answer.content.decode()


def sent(client: Client, address: str, said: dict[str, str], status: int = 302) -> str:
    answer = client.post(address, said, headers={"Accept-Language": "en"})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer["Location"] if status == 302 else answer.content.decode()


@pytest.fixture
def keeper(client: Client, town: Town, at: datetime) -> Client:
    """Define a contest with figures, and sign a keeper in."""
    a_contest(define_all(at), at)
    some_figures(at)
    client.force_login(town.region_admin)
    return client


def shown_to_publish(client: Client, home: str) -> dict[str, str]:
    page = seen(client, f"{home}publish/")
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]
        for name in ("edition", "seen")
    }


def test_a_round_is_opened_once_and_published_once(keeper: Client) -> None:
    assert 'value="2024-Q1"' not in seen(keeper, HOLD)
    assert "Write 2024, 2024-S1" in sent(keeper, HOLD, {"period": "soon"}, 422)
    home = sent(keeper, HOLD, {"period": "2024-Q1"})
    assert sent(keeper, HOLD, {"period": "2024-Q1"}) == home, "sent twice"
    assert 'value="2024-Q2"' in seen(keeper, HOLD), "the next period is proposed"
    page = seen(keeper, home)
    assert "5 of 5" in page
    assert "100.00" in page
    assert "goes to 衢江区 for the first time" in seen(keeper, f"{home}publish/")
    for address in (HOLD, f"{home}publish/"):
        assert keeper.get(f"{address}?export=xlsx").content.startswith(b"PK")
    said = shown_to_publish(keeper, home)
    assert sent(keeper, f"{home}publish/", said) == home
    assert sent(keeper, f"{home}publish/", said) == home, "sent twice"
    assert Round.objects.get().edition == 1
    assert "has a round already" in sent(keeper, HOLD, {"period": "2024-Q1"}, 422)
    assert "Nothing in the table has changed" in seen(keeper, f"{home}publish/")
    again = shown_to_publish(keeper, home)
    assert "This field is required" in sent(keeper, f"{home}publish/", again, 422)
    assert sent(keeper, f"{home}discard/", {}) == HOLD
    assert Round.objects.get().state == "published", "what is published is not discarded"


def test_what_changed_since_it_was_looked_at_is_shown_before_it_is_published(
    keeper: Client, at: datetime
) -> None:
    home = sent(keeper, HOLD, {"period": "2024-Q1"})
    said = shown_to_publish(keeper, home)
    told([row("GDP", "330825", "2024-Q1", "130")], at)
    page = sent(keeper, f"{home}publish/", said, 422)
    assert "The table has changed since you looked" in page
    assert "goes to 龙游县" in page
    assert Round.objects.get().state == "draft"
    with pytest.raises(Overtaken, match="has changed"):
        publish_round(Round.objects.get(), by=SYSTEM, at=at, seen=said["seen"])
    assert sent(keeper, f"{home}publish/", shown_to_publish(keeper, home)) == home
    told([row("GDP", "330803", "2024-Q1", "150")], at)
    page = seen(keeper, f"{home}publish/")
    assert "The flag changes hands: 衢江区 gets it, 龙游县 gives it up." in page
    assert "beside edition 1" in page
    correction = {**shown_to_publish(keeper, home), "reason": "数据修订"}
    sent(keeper, f"{home}publish/", correction)
    assert Round.objects.get().edition == 2
    with pytest.raises(Overtaken, match="Edition 2 is published already"):
        publish_round(Round.objects.get(), by=SYSTEM, at=at, edition=2, reason="x")


def test_missing_figures_are_named_with_the_last_known(keeper: Client) -> None:
    home = sent(keeper, HOLD, {"period": "2024-Q2"})
    page = seen(keeper, home)
    assert "0 of 5" in page
    assert '衢江区 <span class="muted num">(2024-Q1)</span>' in page
    page = sent(keeper, f"{home}publish/", shown_to_publish(keeper, home), 422)
    assert "No member has a figure for this period" in page
    assert sent(keeper, f"{home}discard/", {}) == HOLD
    assert "This round was given up" in seen(keeper, home)
    assert keeper.get(f"{home}publish/").status_code == 302
    assert "was discarded" in sent(
        keeper, f"{home}adjust/", {"division": "330803", "way": "bonus", "points": "1", "reason": "x"}, 422
    )


def test_points_are_given_once_and_taken_back_with_reasons(keeper: Client, at: datetime) -> None:
    home = sent(keeper, HOLD, {"period": "2024-Q1"})
    said = {"division": "330803", "way": "penalty", "points": "3", "reason": "通报批评"}
    for wrong in ({"points": "0"}, {"points": "1001"}, {"reason": " "}, {"division": "1"}):
        sent(keeper, f"{home}adjust/", said | wrong, 422)
    for _twice in range(2):
        assert sent(keeper, f"{home}adjust/", said) == home
    given = RoundAdjustment.objects.get()
    assert given.points == Decimal(-3)
    way = f"{home}adjustments/{given.pk}/"
    assert way in seen(keeper, home)
    sent(keeper, way, {"reason": ""}, 422)
    assert sent(keeper, way, {"reason": "复核后撤销"}) == home
    assert sent(keeper, way, {"reason": "再一次"}) == home, "sent twice"
    page = seen(keeper, home)
    assert "复核后撤销" in page
    assert "再一次" not in page
    assert sent(keeper, f"{home}adjust/", said) == home, "what was taken back may be given anew"
    assert RoundAdjustment.objects.count() == 2


def test_what_is_taken_back_stays_in_the_edition_that_counted_it(keeper: Client, at: datetime) -> None:
    day = timedelta(days=1)
    round_ = open_round(Contest.objects.get(), QUARTER, by=SYSTEM, at=at)
    given = adjust(round_, county("330803"), Decimal(-3), reason="通报", by=SYSTEM, at=at)
    first = publish_round(round_, by=SYSTEM, at=at)
    take_back(given, reason="撤销", by=SYSTEM, at=at + day)
    assert setting_of(first).adjustments[0].points == -3
    assert "counts with the next edition" in seen(keeper, f"/indicators/contests/flag/rounds/{round_.pk}/")
    second = publish_round(first, by=SYSTEM, at=at + day, reason="更正")
    assert table_of(second)[0].total == Decimal("100.00")
    with pytest.raises(Overtaken):
        take_back(given, reason="x", by=SYSTEM, at=at + day)
    assert {code: held.days for code, held in flag_held_for(round_.contest, at=at + 3 * day).items()} == {
        "330803": 2,
        "330825": 1,
    }
    page = seen(keeper, "/indicators/contests/flag/flag/")
    assert "Days held" in page
    assert "龙游县" in page


def test_appeals_are_decided_once_with_an_answer(keeper: Client, town: Town, at: datetime) -> None:
    round_ = publish_round(open_round(Contest.objects.get(), QUARTER, by=SYSTEM, at=at), by=SYSTEM, at=at)
    objection = appeal(round_, county("330803"), text="数据已修订", by=town.county_leader, at=at)
    home, way = (
        f"/indicators/contests/flag/rounds/{round_.pk}/",
        f"/indicators/contests/flag/appeals/{objection.pk}/",
    )
    assert way in seen(keeper, home)
    assert "1 appeal is open" in seen(keeper, f"{home}publish/")
    sent(keeper, way, {"decision": "uphold"}, 422)
    assert sent(keeper, way, {"decision": "uphold", "answer": "同意"}) == home
    assert sent(keeper, way, {"decision": "reject", "answer": "不同意"}) == home, "decided already"
    decided = Appeal.objects.get()
    assert (decided.state, decided.answer) == ("upheld", "同意")
    keeper.force_login(town.county_leader)
    assert "同意" in seen(keeper, "/indicators/contests/flag/")


def test_only_keepers_hold(keeper: Client, town: Town, at: datetime) -> None:
    round_ = open_round(Contest.objects.get(), QUARTER, by=SYSTEM, at=at)
    home = f"/indicators/contests/flag/rounds/{round_.pk}/"
    assert home in seen(keeper, "/indicators/contests/flag/?period=2024-Q1")
    assert "Nobody has held the flag yet" in seen(keeper, "/indicators/contests/flag/flag/")
    for person_ in (town.county_leader, town.desk_officer, town.outsider):
        keeper.force_login(person_)
        for address in (HOLD, home, f"{home}publish/", f"{home}discard/"):
            seen(keeper, address, 403)
        for address in (HOLD, f"{home}adjust/", f"{home}publish/", f"{home}discard/"):
            assert keeper.post(address, {"period": "2024"}).status_code == 403
    assert Round.objects.get().state == "draft"


def test_terms_that_somebody_changed_are_not_overwritten(keeper: Client, at: datetime) -> None:
    known = Contest.objects.select_related("division_set").get()
    mark = mark_of_contest(known)
    asked = {"name": "流动红旗", "division_set": known.division_set, "by": SYSTEM, "at": at}
    define_contest("flag", terms=TERMS | {"flags": 2}, seen=mark, **asked)  # type: ignore[arg-type]
    with pytest.raises(Overtaken):
        define_contest("flag", terms=TERMS | {"flags": 3}, seen=mark, **asked)  # type: ignore[arg-type]
    define_contest("flag", terms=TERMS | {"flags": 2}, seen=mark, **asked)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="taken"):
        define_contest("flag", terms=TERMS, seen="", **asked)  # type: ignore[arg-type]


def test_the_api_discards_and_takes_back(keeper: Client, town: Town, at: datetime) -> None:
    home = "/api/v1/indicators/contests"
    round_ = open_round(Contest.objects.get(), QUARTER, by=SYSTEM, at=at)
    given = adjust(round_, county("330803"), Decimal("1.5"), reason="试点", by=SYSTEM, at=at)

    def call(address: str, body: dict[str, str] | None = None) -> int:
        return keeper.post(f"{home}{address}", body or {}, content_type="application/json").status_code

    back = f"/adjustments/{given.pk}/take-back"
    assert call(back, {"reason": "撤销"}) == 200
    assert call(back, {"reason": "撤销"}) == 409
    rows = keeper.get(f"{home}/flag/rounds/2024-Q1/adjustments").json()
    assert [(each["points"], each["taken_back_reason"]) for each in rows] == [("1.5", "撤销")]
    assert call("/flag/rounds/2024-Q1/discard") == 200
    assert call("/flag/rounds/2024-Q1/discard") == 404, "a discarded round is none"
    keeper.force_login(town.outsider)
    assert call(back, {"reason": "x"}) == 403
