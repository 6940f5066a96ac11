"""Words of cases: the index answers as plain containment does, on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Town
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries import words as index
from tongqu.systems.cases.queries.cases import Wanted, queue
from tongqu.systems.cases.tests.factories import PLACE, reported

TEXTS = st.text("垃圾堆路灯甲乙%_\"'*", min_size=1, max_size=8).filter(lambda text: text.strip())
WORDS = st.text("垃圾堆路灯甲乙%_\"'*", min_size=1, max_size=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=4), asked=st.lists(WORDS, min_size=1, max_size=2))
@pytest.mark.usefixtures("db")
def test_as_plain_containment(texts: list[str], asked: list[str], town: Town, at: datetime) -> None:
    Case.objects.all().delete()
    for text in texts:
        case = reported(at, text="报告", place_text="")
        Case.objects.filter(pk=case.pk).update(title="", text=text)
    found = queue(town.desk_officer, Wanted(group="all", words=" ".join(asked)), at=at).cases
    plain = [text for text in texts if all(word in text for word in asked)]
    assert sorted(case.text for case in found) == sorted(plain)


@pytest.mark.parametrize("word", ["圾", "垃圾", "垃圾堆", "门外", "口", "北门外", "ABC"])
def test_words_stand_in_any_field_to_its_end(word: str, town: Town, at: datetime) -> None:
    case = reported(at, title="村口", text="有垃圾堆 ABC", place_text="北门外")
    reported(at, title="路灯", text="不亮", lon=PLACE[0], lat=PLACE[1])
    found = queue(town.desk_officer, Wanted(group="all", words=word), at=at).cases
    assert [each.pk for each in found] == [case.pk]


def test_a_tracking_code_among_words(town: Town, at: datetime) -> None:
    case = reported(at)
    found = queue(town.desk_officer, Wanted(group="all", words=case.tracking_code.lower()), at=at).cases
    assert [each.pk for each in found] == [case.pk]


def test_common_words_are_met_on_a_walk(town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "FEW", 1)
    monkeypatch.setattr(index, "MOST_TERMS", 0)
    cases = [reported(at) for _each in range(3)]
    for word in ("垃圾", "很多垃圾"):
        assert index.few_with([word]) is None
        assert len(queue(town.desk_officer, Wanted(group="all", words=word), at=at).cases) == len(cases)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its index by itself")
def test_no_later_migration_has_dropped_the_triggers(town: Town, at: datetime) -> None:
    reported(at, text="村口有垃圾堆")
    assert index.few_with(["垃圾堆"]) is not None, (
        "run `fill` of 0005_words_index again after the new migration"
    )
