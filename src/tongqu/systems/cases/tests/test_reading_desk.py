"""At the desk: what is suggested and why, who is shown what, what is kept of the choice, and versions of the reader."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.moves import accept
from tongqu.systems.cases.actions.readers import train_version, use_version
from tongqu.systems.cases.actions.reading import matter_named, set_division, view_text
from tongqu.systems.cases.analytics.matter_training import Compared, frequent_words, score_on, train_matters
from tongqu.systems.cases.analytics.reader import Text
from tongqu.systems.cases.analytics.training import Example, Score
from tongqu.systems.cases.jobs.reader import run
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.reading import ReaderVersion, ReadingChoice
from tongqu.systems.cases.queries.case_reading import marked_text, reading_of
from tongqu.systems.cases.queries.decisions import decisions, strengths_in_use
from tongqu.systems.cases.tests.factories import matter, reported

LAMP = "清风路路灯不亮，联系人：蒋大明13812341234。"


def asked(person: Person, address: str, **form: str) -> Any:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.post(address, form) if form else client.get(address)


@pytest.mark.django_db
def test_the_word_list_suggests_and_says_why(town: Town, at: datetime) -> None:
    matter()
    case = reported(at, text=LAMP)
    reading = reading_of(case)
    first = reading.suggestions[0]
    assert (first.matter.code, reading.version) == ("CPUB03", None)
    assert "路灯不亮" in first.words
    assert [p.words for p in reading.places] == ["清风路"]
    marked = [(piece.text, piece.kind) for piece in marked_text(case, reading) if piece.kind]
    assert marked == [("清风路", "place"), ("路灯不亮", "matter")]
    whole = "".join(piece.text for piece in marked_text(case, reading))
    assert whole == LAMP.replace("蒋大明13812341234", "蒋**138****1234")
    nothing = reading_of(reported(at, text="啊"))
    assert (nothing.suggestions, nothing.is_sure) == ((), False)


@pytest.mark.django_db
def test_a_matter_out_of_use_is_not_suggested(town: Town, at: datetime) -> None:
    matter("CPUB03", is_active=False)
    codes = [each.matter.code for each in reading_of(reported(at, text=LAMP)).suggestions]
    assert "CPUB03" not in codes


@pytest.mark.django_db
def test_the_desk_sees_the_reading_until_it_has_decided(town: Town, at: datetime) -> None:
    case = reported(at, text=LAMP)
    matter()
    address = f"/cases/{case.number}/reading/"
    shown = asked(town.desk_officer, address).content.decode()
    assert 'data-value="CPUB03"' in shown
    assert "has not been measured" in shown
    assert "13812341234" not in shown
    assert asked(town.inspector, address).content == b""
    assert asked(town.outsider, address).status_code == 404
    accept(case, matter=matter(), by=town.desk_officer, at=at)
    assert asked(town.desk_officer, address).content == b""
    urgent = reported(at, text="一楼着火了")
    assert "reads as urgent" in asked(town.desk_officer, f"/cases/{urgent.number}/reading/").content.decode()
    strange = reported(at, text="啊")
    assert (
        "Choose one yourself"
        in asked(town.desk_officer, f"/cases/{strange.number}/reading/").content.decode()
    )


@pytest.mark.django_db
def test_the_text_is_masked_until_somebody_asks_and_is_recorded(town: Town, at: datetime) -> None:
    case = reported(at, text=LAMP)
    page = asked(town.desk_officer, f"/cases/{case.number}/").content.decode()
    assert "138****1234" in page
    assert "13812341234" not in page
    assert "13812341234" not in "".join(fact.subject_label for fact in Fact.objects.all())
    assert "13812341234" in asked(town.desk_officer, f"/cases/{case.number}/text/", x="1").content.decode()
    fact = Fact.objects.filter(verb="case.personal_data_viewed").latest("seq")
    assert (fact.actor_name, fact.after_values) == (town.desk_officer.actor_name, {"fields": ["text"]})
    with pytest.raises(NotAllowed):
        view_text(case, by=town.inspector, at=at)


@pytest.mark.django_db
def test_a_named_division_is_one_click(town: Town, at: datetime) -> None:
    name = town.township.name_zh_hans
    case = reported(at, text=f"{name}路灯不亮", lon=None, lat=None)
    reading = reading_of(case)
    assert reading.division == town.township
    address, form = f"/cases/{case.number}/place/", {"division": town.township.code, "expected": "1"}
    assert asked(town.desk_officer, address, **form).status_code == 302
    placed = Case.objects.get(pk=case.pk)
    assert (placed.division, placed.division_path) == (town.township, town.township.path)
    assert (placed.revision, placed.duty_id) == (2, case.duty_id)
    assert reading_of(placed).division is None
    assert asked(town.desk_officer, address, **form).status_code == 409
    with pytest.raises(MoveNotAllowed):
        set_division(placed, division=town.township, by=town.desk_officer, at=at)
    with pytest.raises(NotAllowed):
        set_division(placed, division=town.township, by=town.township_clerk, at=at)


def named(case: Case) -> ReadingChoice | None:
    matter_named(Fact.objects.filter(verb="case.accepted", subject_id=str(case.pk)).latest("seq"))
    return ReadingChoice.objects.filter(case=case).first()


@pytest.mark.django_db
def test_what_the_desk_chose_is_kept_beside_what_was_suggested(town: Town, at: datetime) -> None:
    agreed, overruled = reported(at, text=LAMP), reported(at, text=LAMP)
    accept(agreed, matter=matter("CPUB03"), by=town.desk_officer, at=at)
    accept(overruled, matter=matter("TSVC06"), by=town.desk_officer, at=at)
    first, other = named(agreed), named(overruled)
    assert first is not None
    assert other is not None
    assert (first.chosen, first.place, first.version) == ("CPUB03", 1, None)
    assert (other.chosen, other.place, first.suggested[0][0]) == ("TSVC06", None, "CPUB03")
    matter_named(Fact(subject_id="0", after='{"matter": "CPUB03"}'))
    assert ReadingChoice.objects.count() == 2
    assert "1 / 1" in asked(town.region_admin, "/cases/reader/").content.decode()


WORDS = {
    "CPUB03": ["路灯不亮了", "这条街黑灯瞎火", "灯坏了没人修"],
    "EENV01": ["垃圾成堆", "河边又脏又臭都是袋子", "垃圾没人清理"],
    "TSOC03": ["老板拖欠工资", "工地不给钱", "讨薪无门"],
}


def decided(at: datetime, count: int, first: int = 0) -> None:
    """Cases that a desk has accepted, one each hour; the words of each say what it is, now and then in their own way."""
    plain = reported(at)
    matters = {code: matter(code) for code in WORDS}
    rows = []
    for number in range(first, first + count):
        code = sorted(WORDS)[number % 3]
        text = f"{WORDS[code][number // 3 % 3]}，第{number}次反映"
        moment = at + timedelta(hours=number + 1)
        case = Case(
            tracking_code=f"T{number:09d}", matter=matters[code], title=text, text=text, state="accepted"
        )
        case.source, case.division_path = "web", plain.division_path
        case.reported_at = case.moved_at = moment
        rows.append(case)
    Case.objects.bulk_create(rows)


@pytest.mark.django_db
def test_a_version_is_measured_kept_and_used_when_it_is_no_worse(town: Town, at: datetime) -> None:
    decided(at, 60)
    Matter.objects.exclude(code__in=WORDS).update(is_active=False)
    with pytest.raises(BadInput, match=r"60.*100"):
        train_version(by=SYSTEM, at=at)
    run()  # too few: nothing happens
    decided(at, 60, first=60)
    later = at + timedelta(days=30)
    version = train_version(by=SYSTEM, at=later)
    assert (version.learnt_from, version.measured_on, version.is_active) == (120, 24, True)
    assert version.accuracy == 1.0 > version.accuracy_before
    reading = reading_of(reported(later, text="整条街黑灯瞎火"))
    assert reading.version == version
    assert reading.suggestions[0].matter.code == "CPUB03"
    assert reading.is_sure
    with pytest.raises(BadInput, match=r" 0 .*20"):
        train_version(by=SYSTEM, at=later)
    assert ReaderVersion.objects.count() == 1
    early, late = reported(at, text=LAMP), reported(later, text=LAMP)
    for case, when in ((early, at), (late, later)):
        accept(case, matter=matter("CPUB03"), by=town.desk_officer, at=when)
    assert [choice and choice.version for choice in map(named, (early, late))] == [None, version]


@pytest.mark.django_db
def test_administrators_see_versions_and_go_back(town: Town, at: datetime) -> None:
    made = [
        ReaderVersion.objects.create(
            made_at=at, made_by_name="系统", learnt_from=100, measured_on=20, accuracy=0.5 + n / 10, macro_f1=0.5,
            calibration_error=0.1, accuracy_before=0.5, data=b"",
        )
        for n in range(2)
    ]  # fmt: skip
    for version in made:
        use_version(version, by=SYSTEM, at=at)
    use_version(made[1], by=SYSTEM, at=at)  # again: nothing happens
    assert Fact.objects.filter(verb="reader.activated").count() == 2
    page = asked(town.region_admin, "/cases/reader/").content.decode()
    assert "Use this one" in page
    assert "reader-chart" in page
    assert asked(town.region_admin, f"/cases/reader/{made[0].pk}/use/", x="1").status_code == 302
    assert ReaderVersion.objects.get(is_active=True) == made[0]
    assert asked(town.region_admin, "/cases/reader/train/", x="1").status_code == 302
    assert asked(town.desk_officer, "/cases/reader/").status_code == 403


@pytest.mark.django_db
def test_own_keywords_and_real_cases_count(town: Town, at: datetime) -> None:
    matter("CPUB03", keywords="夜灯，照明")
    assert strengths_in_use()[0]["CPUB03"]["夜灯"] == 2.0
    decided(at, 3)
    Case.objects.filter(tracking_code="T000000000").update(is_invented=True)
    assert len(decisions()) == 2
    Case.objects.update(is_invented=True)
    assert [d.example.label for d in decisions()] == sorted(WORDS)


def test_words_are_found_in_decisions_and_unknown_matters_count_as_missed() -> None:
    many = [Text("石桥塌了", f"第{n}回") for n in range(4)]
    assert "石桥" in frequent_words([*many, *[Text("啊", "")] * 9], {"塌了"})
    examples = [Example(t, label) for t, label in [(Text("路灯", ""), "a"), (Text("垃圾", ""), "b")]] * 3
    reader = train_matters({"a": {"路灯": 2.0}, "b": {"垃圾": 2.0}}, {"a": ""}, examples)
    assert score_on(reader, [*examples, Example(Text("垃圾", ""), "c")]).accuracy == pytest.approx(6 / 7)
    assert not Compared(Score(9, 0.5, 0.5, 0.1), Score(9, 0.6, 0.5, 0.1)).is_no_worse
