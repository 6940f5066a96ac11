"""Many reports at once: each comes out as a single one does, the bad ones are told and hold up nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.queries import verify
from tongqu.systems.cases.actions import report_many as module
from tongqu.systems.cases.actions.report import Report, report
from tongqu.systems.cases.actions.report_many import report_many
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.tests.factories import matter

pytestmark = pytest.mark.django_db
OF_THE_CASE = ("id", "tracking_code", "idempotency_key", "duty_id")
OF_THE_DUTY = ("id", "subject_id", "label", "url")


def wants(town: Town) -> list[dict[str, Any]]:
    """Return good reports of every kind of place."""
    common = {"source": Source.HOTLINE, "reporter_phone": "13800001111", "is_invented": True}
    return [
        {**common, "text": "桥头垃圾堆积", "lon": 118.1, "lat": 28.1, "matter_code": matter().code},
        {
            **common,
            "text": "路灯不亮",
            "division_code": town.township.code,
            "title": "路灯",
            "place_text": "老街",
        },
        {**common, "text": "不知道在哪里", "answers": {"SINCE": "weeks"}, "matter_code": matter().code},
    ]


def shown(case: Case) -> dict[str, Any]:
    """Return all that a case, its duty and its facts say, but for numbers that no two share."""
    case.refresh_from_db()
    assert case.duty is not None
    facts = Fact.objects.filter(subject_kind="case", subject_id=str(case.pk)).order_by("seq")
    own = {f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields}
    duty = {f.attname: getattr(case.duty, f.attname) for f in Duty._meta.concrete_fields}
    assert duty["subject_id"] == str(case.pk)
    assert case.number in duty["label"]
    assert case.number in duty["url"]
    return {
        **{name: value for name, value in own.items() if name not in OF_THE_CASE},
        "duty": {name: value for name, value in duty.items() if name not in OF_THE_DUTY},
        "facts": [(f.verb, f.after, f.division_path, f.unit_path) for f in facts],
    }


def test_each_comes_out_as_a_single_one_does(town: Town, at: datetime) -> None:
    singly = [report(**want, by=town.villager, at=at) for want in wants(town)]
    together = report_many([Report(**want) for want in wants(town)], by=town.villager, at=at)
    assert [shown(case) for case in together if isinstance(case, Case)] == [shown(case) for case in singly]
    assert verify().broken is None


def test_bad_ones_are_told_in_their_place_and_the_good_ones_kept(town: Town, at: datetime) -> None:
    bad = {
        "required": {"text": " "},
        "outside-region": {"lon": 10.0, "lat": 50.0},
        "half-a-point": {"lon": 118.1},
        "unknown-matter": {"matter_code": "NONE"},
        "unknown-division": {"division_code": "999"},
        "too-long": {"idempotency_key": "k" * 81},
    }
    outside_earth = {"lon": 1180.0, "lat": 28.1}
    good = {"text": "桥头垃圾堆积", "source": Source.API}
    rows = [Report(**(good | change)) for change in [*bad.values(), outside_earth]]
    answers = report_many([Report(**good), *rows, Report(**good)], by=town.villager, at=at)
    codes = [a.problems[0].code if isinstance(a, BadInput) else "" for a in answers]
    assert codes == ["", *bad, "outside-region", ""]
    assert Case.objects.count() == 2


def test_a_key_is_one_case_within_a_batch_between_batches_and_beside_single_reports(
    town: Town, at: datetime
) -> None:
    of_a = Report("桥头垃圾堆积", Source.API, idempotency_key="a")
    first = report(text="早先的", source=Source.API, idempotency_key="a", by=town.villager, at=at)
    of_b = Report("路灯不亮", Source.API, idempotency_key="b")
    made = report_many([of_a, of_b, of_b], by=town.villager, at=at)
    again = report_many([of_b, of_a], by=town.villager, at=at)
    assert made == [first, made[1], made[1]]
    assert again == [made[1], first]
    assert report_many([of_a], by=town.department_officer, at=at) != [first], "another's key is another key"


def test_a_key_that_is_used_meanwhile_costs_nobody_else_a_report(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = report(text="抢先的", source=Source.API, idempotency_key="a", by=town.villager, at=at)
    monkeypatch.setattr(
        module._Batch, "know", lambda *_args: None
    )  # as if the other came just after the look
    rows = [Report("桥头", Source.API, idempotency_key=key) for key in ("x", "a", "y")] + [
        Report("", Source.API)
    ]
    x, a, y, refused = report_many(rows, by=town.villager, at=at)
    assert a == taken
    assert isinstance(refused, BadInput)
    assert [case.text for case in (x, y) if isinstance(case, Case)] == ["桥头", "桥头"]
    assert Case.objects.count() == Duty.objects.count() == 3


def test_more_reports_take_no_more_questions(
    town: Town, at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    code = matter().code

    def batch(count: int, key: str) -> list[Report]:
        return [
            Report(
                f"桥头{n}",
                Source.API,
                "",
                118.1,
                28.1,
                matter_code=code,
                idempotency_key=f"{key}{n}",
            )
            for n in range(count)
        ]

    report_many(batch(2, "warm"), by=town.villager, at=at)
    for count in (2, 9):
        with django_assert_num_queries(16):
            report_many(batch(count, f"of {count}-"), by=town.villager, at=at)


def test_none_is_nothing(town: Town, at: datetime) -> None:
    assert report_many([], by=town.villager, at=at) == []
