"""The reporter's own word: a rating, a confirmation, one reopening; by the tracking code and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.moves import close, verify
from tongqu.systems.cases.actions.rating import rate
from tongqu.systems.cases.actions.reporter import confirm, deny, open_again
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.rating import Rating
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.reporter import Reporter, without_personal_data
from tongqu.systems.cases.tests.factories import brought_to, matter, photo

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STRANGER = Reporter.of("ZZZZZZZZZZ")


def of(case: Case) -> Reporter:
    return Reporter.of(case.tracking_code)


@pytest.fixture
def closed(town: Town, at: datetime) -> Case:
    """A case that was closed six hours after its report."""
    return brought_to(State.CLOSED, town, at)


@pytest.fixture
def handled(town: Town, at: datetime) -> Case:
    """A handled case that its reporter verifies."""
    matter("TSVC01")
    return brought_to(State.HANDLED, town, at, matter_code="TSVC01")


def test_a_rating_is_given_once_for_a_closing(closed: Case, town: Town, at: datetime) -> None:
    rated = rate(closed, is_satisfied=True, stars=5, text="很快", by=of(closed), at=at + DAY)
    assert (rated.state, rated.closed_at) == (State.CLOSED, at + 6 * HOUR)
    with pytest.raises(MoveNotAllowed):
        rate(closed, is_satisfied=False, stars=1, by=town.desk_officer, at=at + DAY)
    fact = Fact.objects.get(verb="case.rated")
    assert (fact.actor_ref, fact.after_values["stars"], fact.note) == ("reporter", 5, "很快")
    assert closed.tracking_code not in str(fact.after_values) + fact.actor_name + fact.actor_ref


def test_the_desk_writes_down_the_rating_it_heard(closed: Case, town: Town, at: datetime) -> None:
    rate(closed, is_satisfied=False, stars=2, text="太慢", by=town.desk_officer, at=at + DAY)
    assert Rating.objects.get().by_ref == town.desk_officer.actor_ref


def test_numbers_of_telephones_are_struck_out_of_a_rating(closed: Case, at: datetime) -> None:
    rate(closed, is_satisfied=True, stars=4, text="请回电 138 1234 1234", by=of(closed), at=at + DAY)
    assert Rating.objects.get().text == Fact.objects.get(verb="case.rated").note == "请回电 ***"


@pytest.mark.parametrize(("stars", "text"), [(0, ""), (6, ""), (3, "长" * 501)])
def test_a_rating_out_of_bounds_is_refused(stars: int, text: str, closed: Case, at: datetime) -> None:
    with pytest.raises(BadInput):
        rate(closed, is_satisfied=True, stars=stars, text=text, by=of(closed), at=at + DAY)
    assert not Rating.objects.exists()


def test_the_reporter_opens_a_case_again_once_and_in_time(closed: Case, town: Town, at: datetime) -> None:
    last = at + 6 * HOUR + 15 * DAY
    with pytest.raises(NotAllowed):
        open_again(closed, text="又堆了", by=of(closed), at=last + HOUR)
    again = open_again(closed, text="又堆了，电话 13812341234", by=of(closed), at=last)
    assert (again.state, again.owner_unit) == (State.ACCEPTED, None)
    assert Duty.objects.get(is_open=True).kind == "dispatch"
    fact = Fact.objects.get(verb="case.reopened")
    assert (fact.actor_ref, fact.note) == ("reporter", "又堆了，电话 ***")
    Case.objects.filter(pk=closed.pk).update(state=State.CLOSED, closed_at=last)
    with pytest.raises(NotAllowed):
        open_again(closed, text="第二次", by=of(closed), at=last + HOUR)


def test_another_code_opens_nothing(closed: Case, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        open_again(closed, text="又堆了", by=STRANGER, at=at + DAY)
    with pytest.raises(NotAllowed):
        rate(closed, is_satisfied=True, stars=5, by=STRANGER, at=at + DAY)


def test_the_reporters_word_verifies_what_counts_on_it(handled: Case, town: Town, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        confirm(handled, text="", by=STRANGER, at=at + 5 * HOUR)
    done = confirm(handled, text="", by=of(handled), at=at + 5 * HOUR)
    assert (done.state, done.verification_note) == (State.VERIFIED, "上报人确认问题已解决。")
    assert close(done, by=town.desk_officer, at=at + 6 * HOUR).state == State.CLOSED


def test_the_reporter_denies_with_a_reason(handled: Case, at: datetime) -> None:
    with pytest.raises(BadInput):
        deny(handled, text=" ", by=of(handled), at=at + 5 * HOUR)
    assert deny(handled, text="仍在漏水", by=of(handled), at=at + 5 * HOUR).state == State.HANDLING


def test_the_desk_writes_down_the_word_it_heard(handled: Case, town: Town, at: datetime) -> None:
    done = verify(handled, note="电话回访：已解决", by=town.desk_officer, at=at + 5 * HOUR)
    assert done.state == State.VERIFIED


def test_where_a_photo_verifies_nobodys_word_does(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLED, town, at)
    with pytest.raises(NotAllowed):
        confirm(case, text="好了", by=of(case), at=at + 5 * HOUR)
    with pytest.raises(NotAllowed):
        verify(case, note="好了", evidence=[photo("x", at=at)], by=town.desk_officer, at=at + 5 * HOUR)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("请联系 a.b+c@mail.example.cn 谢谢", "请联系 *** 谢谢"),
        ("身份证33080219800101123X，住 3 号", "身份证***，住 3 号"),
        ("电话0570-3012345或+86 13812341234", "电话***或***"),
        ("楼号 20260916001234，门牌 1203", "楼号 20260916001234，门牌 1203"),
    ],
)
def test_what_is_struck_out(text: str, kept: str) -> None:
    assert without_personal_data(text) == kept


@given(
    some.from_regex(r"\A1[3-9][0-9]{9}\Z"),
    some.text("清运路灯，。 ", max_size=9),
    some.text("好了。 ", max_size=9),
)
def test_no_mobile_number_is_left(number: str, before: str, after: str) -> None:
    assert number not in without_personal_data(before + number + after)


class TestPage:
    @pytest.fixture(autouse=True)
    def _fresh_budget(self) -> None:
        cache.clear()

    @pytest.fixture
    def case(self, town: Town) -> Case:
        return brought_to(State.CLOSED, town, now() - DAY)

    def say(self, client: Client, case: Case, word: str, **fields: Any) -> Any:
        return client.post(f"/cases/track/{case.tracking_code}/{word}/", fields)

    def test_rating_and_opening_again_without_a_login(self, client: Client, case: Case) -> None:
        page = f"/cases/track/{case.tracking_code}/"
        shown = client.get(page).content.decode()
        assert "/rate/" in shown
        assert "/reopen/" in shown
        assert "/confirm/" not in shown
        assert self.say(client, case, "rate", is_satisfied="no", stars="2", text="太慢").status_code == 302
        shown = client.get(page).content.decode()
        assert "★★☆☆☆" in shown
        assert "太慢" not in shown
        assert self.say(client, case, "reopen", text="又堆了").status_code == 302
        case.refresh_from_db()
        assert case.state == State.ACCEPTED
        assert self.say(client, case, "reopen", text="又堆了").status_code == 409

    def test_the_desk_and_the_unit_read_the_rating(self, client: Client, case: Case, town: Town) -> None:
        rate(case, is_satisfied=False, stars=2, text="太慢", by=of(case), at=now())
        for person in (town.desk_officer, town.department_officer):
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            shown = client.get(f"/cases/{case.number}/").content.decode()
            assert "★★☆☆☆" in shown
            assert "太慢" in shown

    def test_the_desk_sends_the_rating_from_the_case(self, client: Client, case: Case, town: Town) -> None:
        client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
        sent = {"is_satisfied": "yes", "stars": "4", "text": "", "expected": case.revision}
        assert client.post(f"/cases/{case.number}/move/rate/", sent).status_code == 302
        assert Rating.objects.get().stars == 4

    @pytest.mark.parametrize(
        ("word", "fields", "status"),
        [
            ("rate", {"stars": "3"}, 422),
            ("reopen", {"text": " "}, 422),
            ("reopen", {"text": "又堆了", "website": "x"}, 422),
            ("confirm", {"text": ""}, 409),
            ("close", {}, 404),
        ],
    )
    def test_what_is_refused(
        self, word: str, fields: dict[str, str], status: int, client: Client, case: Case
    ) -> None:
        assert self.say(client, case, word, **fields).status_code == status
        assert Case.objects.get(pk=case.pk).state == State.CLOSED

    def test_a_code_that_no_report_has(self, client: Client, db: None) -> None:
        assert client.post("/cases/track/AAAAAAAAAA/rate/", {}).status_code == 404

    def test_nobody_floods_it(self, client: Client, case: Case) -> None:
        answers = [self.say(client, case, "confirm", text="").status_code for _ in range(7)]
        assert answers.count(429) == 2

    def test_the_word_that_verifies(self, client: Client, town: Town) -> None:
        matter("TSVC01")
        case = brought_to(State.HANDLED, town, now() - DAY, matter_code="TSVC01")
        assert self.say(client, case, "deny", text="").status_code == 422
        assert self.say(client, case, "confirm", text="").status_code == 302
        case.refresh_from_db()
        assert case.state == State.VERIFIED
