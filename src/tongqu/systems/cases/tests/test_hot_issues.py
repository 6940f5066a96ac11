"""Hot issues among live cases: which number they keep, what is told, what the desk does, who sees them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.hot import (
    dismiss_issue,
    open_parent_of,
    put_into_issue,
)
from tongqu.systems.cases.actions.hot_count import count_hot_issues
from tongqu.systems.cases.analytics.joining import joined
from tongqu.systems.cases.analytics.whereabouts import Whereabouts
from tongqu.systems.cases.jobs.hot import run
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hot import HotIssue, HotMember
from tongqu.systems.cases.queries.hot import common_path, offered_issue
from tongqu.systems.cases.rules.heat import kept_numbers
from tongqu.systems.cases.tests.factories import matter, reported
from tongqu.systems.cases.tests.test_pages import signed_in, text

PLANT = "莲花新村旁的搅拌站夜间噪音扰民，粉尘很大。"
LAMPS = "清风路的路灯全都不亮，走夜路很危险。"


def reports(words: str, count: int, at: datetime, **changes: Any) -> list[Case]:
    """Reports of different people, a day apart, none told in quite the same words."""
    return [
        reported(
            at + timedelta(days=day),
            text=f"{words}已经{day + 2}天了",
            title=words[:-1],
            reporter_phone=f"1380000{day:04}",
            **changes,
        )
        for day in range(count)
    ]


def verbs() -> list[str]:
    return list(Fact.objects.filter(subject_kind="hot_issue").order_by("seq").values_list("verb", flat=True))


def test_an_issue_keeps_its_number_is_told_of_once_and_heats_up(town: Town, at: datetime) -> None:
    cases = reports(PLANT, 3, at)
    reported(at, text=LAMPS)
    later = at + timedelta(days=4)
    assert count_hot_issues(at=later) == 1
    issue = HotIssue.objects.get()
    assert (issue.people, issue.division_path, issue.title) == (3, cases[0].division_path, PLANT[:-1])
    assert issue.parts.index == pytest.approx(issue.heat, abs=0.01)
    assert set(HotMember.objects.values_list("case", flat=True)) == {case.pk for case in cases}
    assert (count_hot_issues(at=later), verbs()) == (1, ["hot_issue.found"])
    # A day later without new reports: counted anew, nothing told.
    assert (count_hot_issues(at=later + timedelta(days=1)), verbs()) == (1, ["hot_issue.found"])
    reports(PLANT.replace("夜间", "深夜"), 3, at + timedelta(days=5), place_text="村口")
    assert count_hot_issues(at=at + timedelta(days=9)) == 1
    again = HotIssue.objects.get()
    assert (again.pk, again.people, verbs()) == (issue.pk, 3, ["hot_issue.found"])
    reports(PLANT, 9, at + timedelta(days=9))
    count_hot_issues(at=at + timedelta(days=19))
    assert (HotIssue.objects.get().people, verbs()) == (9, ["hot_issue.found", "hot_issue.heated"])


def test_one_that_nobody_reports_any_more_is_over(town: Town, at: datetime, settings: Any) -> None:
    reports(PLANT, 3, at)
    count_hot_issues(at=at + timedelta(days=3))
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + timedelta(days=200), 0
    run()
    issue = HotIssue.objects.get()
    assert (issue.state, issue.members.count(), verbs()[-1]) == (HotIssue.OVER, 3, "hot_issue.over")
    run()
    assert len(verbs()) == 2


def test_two_that_grow_together_become_the_larger(town: Town, at: datetime) -> None:
    one, other = reports(PLANT, 4, at), reports(LAMPS, 3, at)
    count_hot_issues(at=at + timedelta(days=5))
    first = HotMember.objects.get(case=one[0]).issue
    gone = HotMember.objects.get(case=other[0]).issue
    assert first != gone
    Case.objects.filter(pk__in=[case.pk for case in other]).update(title=PLANT[:-1], text=PLANT)
    count_hot_issues(at=at + timedelta(days=6))
    gone.refresh_from_db()
    assert (gone.state, gone.merged_into, verbs()[-1]) == (HotIssue.MERGED, first, "hot_issue.merged")


def test_the_desk_dismisses_and_it_stays_dismissed(town: Town, at: datetime) -> None:
    reports(PLANT, 3, at)
    count_hot_issues(at=at + timedelta(days=3))
    issue = HotIssue.objects.get()
    with pytest.raises(NotAllowed):
        dismiss_issue(issue, reason="x", by=town.county_leader, at=at)
    dismiss_issue(issue, reason="同一人换号", by=town.desk_officer, at=at + timedelta(days=4))
    for act in (
        lambda: dismiss_issue(issue, reason="x", by=town.desk_officer, at=at),
        lambda: put_into_issue(issue, case=Case.objects.first(), by=town.desk_officer, at=at),
    ):
        with pytest.raises(MoveNotAllowed):
            act()
    reports(PLANT, 5, at + timedelta(days=5))
    assert count_hot_issues(at=at + timedelta(days=11)) == 0
    assert HotIssue.objects.get().state == HotIssue.DISMISSED
    assert verbs() == ["hot_issue.found", "hot_issue.dismissed"]


def test_one_parent_case_for_all(town: Town, at: datetime) -> None:
    matter()
    cases = reports(PLANT, 3, at, matter_code="EENV01")
    count_hot_issues(at=at + timedelta(days=3))
    issue, later = HotIssue.objects.get(), at + timedelta(days=4)
    with pytest.raises(NotAllowed):
        open_parent_of(issue, by=town.department_officer, at=later)
    opened = open_parent_of(issue, by=town.desk_officer, at=later)
    assert {case.pk for case in opened.joined} == {case.pk for case in cases}
    assert (opened.parent.title, opened.parent.matter) == (issue.title, matter())
    with pytest.raises(BadInput):
        open_parent_of(issue, by=town.desk_officer, at=later)
    # The parent case is no further voice.
    count_hot_issues(at=later + timedelta(days=1))
    assert (HotIssue.objects.get().people, verbs()[-1]) == (3, "hot_issue.parent_opened")


def test_a_new_report_is_offered_and_put_by_hand(town: Town, at: datetime) -> None:
    cases = reports(PLANT, 3, at)
    count_hot_issues(at=at + timedelta(days=3))
    issue = HotIssue.objects.get()
    new = reported(at + timedelta(days=4), text=PLANT, reporter_phone="13900000000")
    strange = reported(at + timedelta(days=4), text="咨询社保卡补办流程")
    offer, own = offered_issue(town.desk_officer, new), offered_issue(town.desk_officer, cases[0])
    assert (offer and (offer.issue, offer.is_member), own and own.is_member) == ((issue, False), True)
    assert offered_issue(town.desk_officer, strange) is None
    assert offered_issue(town.outsider, new) is None
    with pytest.raises(NotAllowed):
        put_into_issue(issue, case=strange, by=town.auditor, at=at)
    put_into_issue(issue, case=strange, by=town.desk_officer, at=at + timedelta(days=5))
    count_hot_issues(at=at + timedelta(days=6))
    assert set(HotIssue.objects.get().cases.all()) == {*cases, new, strange}
    assert HotIssue.objects.get().people == 5


def test_the_pages(town: Town, at: datetime, settings: Any) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + timedelta(days=5), 0
    desk = signed_in(town.desk_officer)
    assert "No hot issues" in text(desk.get("/cases/hot/"))
    cases = reports(PLANT, 3, at)
    count_hot_issues(at=at + timedelta(days=3))
    new = reported(at + timedelta(days=4), text=PLANT)
    issue = HotIssue.objects.get()
    address = f"/cases/hot/{issue.pk}/"
    assert PLANT[:-1] in text(desk.get("/cases/hot/?state=x"))
    page = text(desk.get(address))
    assert all(each in page for each in (cases[0].number, "Open one parent case", "3 reports, by week"))
    assert "It belongs to it" in text(desk.get(f"/cases/{new.number}/hot/"))
    assert desk.post(f"/cases/{new.number}/hot/{issue.pk}/").status_code == 302
    assert "Part of a hot issue" in text(desk.get(f"/cases/{new.number}/hot/"))
    assert desk.post(f"{address}dismiss/", {}).status_code == 422
    auditor = signed_in(town.auditor)
    assert "Open one parent case" not in text(auditor.get(address))
    assert auditor.post(f"{address}dismiss/", {"reason": "x"}).status_code == 403
    assert signed_in(town.outsider).get(address).status_code == 404
    answer = desk.post(f"{address}parent/")
    parent = Case.objects.get(source="parent")
    assert answer.url == f"/cases/{parent.number}/"
    assert parent.number in text(desk.get("/cases/hot/"))
    assert desk.post(f"{address}parent/").url == address
    assert desk.post(f"{address}dismiss/", {"reason": "已办结"}).status_code == 302
    assert desk.post(f"{address}dismiss/", {"reason": "已办结"}).status_code == 302
    assert "已办结" in text(desk.get(address))
    assert issue.number in text(desk.get("/cases/hot/?state=dismissed"))


def test_an_issue_of_cases_without_a_point_has_no_map(town: Town, at: datetime, settings: Any) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + timedelta(days=5), 0
    reports(PLANT, 3, at, lon=None, lat=None, division_code=town.township.code)
    count_hot_issues(at=at + timedelta(days=3))
    page = signed_in(town.desk_officer).get(f"/cases/hot/{HotIssue.objects.get().pk}/")
    assert page.context["map"] is None


@given(
    st.lists(st.sets(st.integers(0, 20), min_size=1), max_size=6),
    st.lists(st.sets(st.integers(0, 20), min_size=1), max_size=6),
)
def test_numbers_are_kept_once_and_by_the_majority(known: list[set[int]], found: list[set[int]]) -> None:
    # Clusters share no member.
    found = [each - set().union(*found[:n]) for n, each in enumerate(found)]
    found = [each for each in found if each]
    issues = dict(enumerate(known))
    numbers = kept_numbers(issues, found)
    given_numbers = [number for number in numbers if number is not None]
    assert len(given_numbers) == len(set(given_numbers))
    everything = set().union(*found)
    for number, cluster in zip(numbers, found, strict=True):
        if number is not None:
            assert 2 * len(cluster & issues[number]) > len(issues[number] & everything)
    renamed = {100 + n: cluster for n, cluster in enumerate(found)}
    assert kept_numbers(renamed, found) == sorted(renamed)


def vectors(*rows: list[float]) -> csr_matrix:
    return csr_matrix(np.array(rows) / np.linalg.norm(np.array(rows), axis=1, keepdims=True))


ALIKE = vectors([1, 1, 0], [1, 0.9, 0], [1, 0, 1], [1, 0, 0.9], [0, 0, 1])
HERE = frozenset({"莲花新村"})


@pytest.mark.parametrize(
    ("names", "districts", "days", "expected"),
    [
        ([HERE] * 5, [""] * 5, [0] * 5, [0, 0, 0, 0, 0]),
        ([HERE, HERE, frozenset(), frozenset(), HERE], [""] * 5, [0] * 5, [0, 0, 1, 1, 2]),
        ([HERE] * 5, ["A", "A", "B", "B", "B"], [0] * 5, [0, 0, 1, 1, 1]),
        ([HERE] * 5, ["", "A", "A", "", ""], [0, 0, 400, 400, 400], [0, 0, 1, 1, 1]),
    ],
    ids=["one place", "no place named", "other districts", "long apart"],
)
def test_clusters_of_one_place_are_joined(
    names: list[frozenset[str]], districts: list[str], days: list[int], expected: list[int]
) -> None:
    labels = np.array([4, 4, 7, 7, 9])
    where = Whereabouts(np.array(districts), np.full((5, 2), np.nan))
    found = joined(ALIKE, labels, names, where, np.array(days, dtype=float))
    assert found.tolist() == expected


def test_the_smallest_division_that_holds_all() -> None:
    assert common_path(["330803102", "330803103"]) == "330803"
    assert common_path(["330803102"]) == "330803102"
    assert common_path(["330803", "330825"]) == "3308"
    assert common_path([]) == common_path(["3308", "4401"]) == ""


def test_no_parent_case_is_opened_of_work_that_is_done(town: Town, at: datetime) -> None:
    cases = reports(PLANT, 3, at)
    count_hot_issues(at=at + timedelta(days=3))
    Case.objects.filter(pk__in=[case.pk for case in cases[1:]]).update(state="handled")
    with pytest.raises(BadInput, match="尚未处置完成"):
        open_parent_of(HotIssue.objects.get(), by=town.desk_officer, at=at + timedelta(days=4))
    assert not Case.objects.filter(source="parent").exists()


def test_a_case_taken_out_of_another_issue_is_counted_there_no_more(town: Town, at: datetime) -> None:
    cases = reports(PLANT, 4, at)
    reports(LAMPS, 3, at)
    count_hot_issues(at=at + timedelta(days=4))
    plant, lamps = HotIssue.objects.get(title=PLANT[:-1]), HotIssue.objects.get(title=LAMPS[:-1])
    put_into_issue(lamps, case=cases[3], by=town.desk_officer, at=at + timedelta(days=4))
    plant.refresh_from_db()
    assert (plant.people, HotIssue.objects.get(pk=lamps.pk).people) == (3, 4)


def test_what_the_desk_put_into_an_issue_goes_with_it_into_another(town: Town, at: datetime) -> None:
    reports(PLANT, 4, at)
    lamps = reports(LAMPS, 3, at)
    count_hot_issues(at=at + timedelta(days=4))
    gone = HotIssue.objects.get(title=LAMPS[:-1])
    strange = reported(at, text="咨询社保卡补办流程", reporter_phone="13900000000")
    put_into_issue(gone, case=strange, by=town.desk_officer, at=at + timedelta(days=4))
    Case.objects.filter(pk__in=[case.pk for case in lamps]).update(title=PLANT[:-1], text=PLANT)
    count_hot_issues(at=at + timedelta(days=5))
    heir = HotIssue.objects.get(state=HotIssue.OPEN)
    assert (HotMember.objects.get(case=strange).issue, heir.members.count()) == (heir, 8)
    # The telephones of lamps and plant are the same three.
    assert heir.people == 5


def test_a_rejected_report_is_no_voice_any_more(town: Town, at: datetime) -> None:
    cases = reports(PLANT, 4, at)
    count_hot_issues(at=at + timedelta(days=4))
    Case.objects.filter(pk=cases[0].pk).update(state="rejected", closed_at=at)
    count_hot_issues(at=at + timedelta(days=5))
    assert (HotIssue.objects.get().people, HotIssue.objects.get().members.count()) == (3, 3)


def test_more_reports_than_are_clustered_at_once_are_taken_by_townships(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongqu.systems.cases.queries.hot.MOST_CLUSTERED", 5)
    old = reports(PLANT, 3, at, lon=None, lat=None, division_code=town.township.code)
    reports(LAMPS, 4, at + timedelta(days=9), lon=None, lat=None, division_code=town.other_county.code)
    assert count_hot_issues(at=at + timedelta(days=20)) == 2
    assert HotMember.objects.filter(case=old[0]).exists()
