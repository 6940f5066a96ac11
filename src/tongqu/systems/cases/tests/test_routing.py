"""Responsibility lists: drafting, proof, approval by a second person, effect, files, commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation
from typer.testing import CliRunner

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.actions.routing import (
    add_entry,
    approve,
    change_entry,
    discard,
    draft_list,
    end_entry,
    replace_entries,
    send_back,
    submit,
)
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList
from tongqu.systems.cases.queries.routing import list_in_force, routing_for, why_none
from tongqu.systems.cases.queries.routing_files import as_csv, as_workbook
from tongqu.systems.cases.queries.routing_proof import fault_lines, proof_of
from tongqu.systems.cases.queries.routing_reading import read_list
from tongqu.systems.cases.rules.routing import ListState, Verdict
from tongqu.systems.cases.tests.factories import matter, reported
from tongqu.systems.cases.tests.routing import COUNTY, TOWNSHIP, draft, entry, in_force

DAY = timedelta(days=1)
KEEPERS = {"desk_officer", "region_admin"}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


# ── Drafting ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "who", ["desk_officer", "region_admin", "auditor", "county_leader", "inspector", "villager"]
)
def test_only_the_keepers_draft(who: str, town: Town, at: datetime) -> None:
    person = getattr(town, who)
    if who in KEEPERS:
        assert draft_list(title="草稿", by=person, at=at).is_draft
    else:
        with pytest.raises(NotAllowed):
            draft_list(title="草稿", by=person, at=at)
        assert not RoutingList.objects.exists()


def test_a_draft_is_a_copy_and_leaves_the_list_in_force_alone(town: Town, at: datetime) -> None:
    base = in_force(town, at, COUNTY)
    copy = draft(town.region_admin, at + DAY)
    county = copy.entries.get(number=2)
    change_entry(county, {**COUNTY, "lead": "zhzf"}, by=town.region_admin, at=at + DAY)
    end_entry(copy.entries.get(number=1), by=town.region_admin, at=at + DAY)
    assert [(e.number, e.lead.code) for e in copy.entries.all()] == [(2, "zhzf")]
    assert [(e.number, e.lead.code) for e in base.entries.all()] == [(1, "desk"), (2, "zhzf-qujiang")]
    verbs = Fact.objects.filter(subject_kind="routing_list", subject_id=str(copy.pk)).order_by("seq")
    assert [fact.verb for fact in verbs] == [
        "routing.drafted",
        "routing.entry_changed",
        "routing.entry_ended",
    ]


def test_an_unchanged_entry_is_no_act(town: Town, at: datetime) -> None:
    made = draft(town.desk_officer, at, COUNTY)
    before = Fact.objects.count()
    change_entry(made.entries.get(), COUNTY, by=town.desk_officer, at=at)
    assert (Fact.objects.count(), RoutingList.objects.get().revision) == (before, made.revision)


REFUSED = [
    ({"division": ""}, "division", "Name the division"),
    ({"division": "999"}, "division", "“999”"),
    ({"matter": "XX"}, "matter", "“XX”"),
    ({"class_code": "X-X"}, "class_code", "“X-X”"),
    ({"matter": "EENV01", "class_code": "E-STR"}, "class_code", "E-ENV"),
    ({"grade": "grave"}, "grade", "“grave”"),
    ({"times": "at night"}, "times", "22:00-06:00"),
    ({"lead": ""}, "lead", "leads"),
    ({"lead": "nobody"}, "lead", "“nobody”"),
    ({"lead": "zhzf-longyou"}, "lead", "does not hold"),
    ({"assisting": "zhzf-qujiang"}, "assisting", "cannot assist itself"),
    ({"assisting": "closed"}, "assisting", "is closed"),
    ({"handle_allowance": "soon"}, "handle_allowance", "“soon”"),
    ({"verifier": "zhzf"}, "verifier", "check its own work"),
    ({"verifier": "duze"}, "verifier", "over the place"),
    ({"note": "长" * 301}, "note", "300"),
    ({"number": "-1"}, "number", "whole number"),
    ({"number": "1"}, "number", "Another entry"),
]
"""What an entry of a township may not say: which field, and what the message names."""


def test_what_an_entry_may_not_say(town: Town, at: datetime) -> None:
    made = draft(town.desk_officer, at, entry())
    Unit.objects.create(
        code="closed",
        kind="line",
        name_zh_hans="已撤销",
        division=town.county,
        path="closed/",
        is_active=False,
    )
    for values, field, say in REFUSED:
        with pytest.raises(BadInput) as refused:
            add_entry(made, {**entry("330803102", "zhzf-qujiang"), **values}, by=town.desk_officer, at=at)
        assert [(p.field, say in p.message) for p in refused.value.problems] == [(field, True)]
    assert made.entries.count() == 1


def test_units_may_be_named_by_their_only_name(town: Town, at: datetime) -> None:
    made = draft(
        town.desk_officer, at, entry("330803102", "莲花镇政府", assisting="衢江区综合执法局，qujiang")
    )
    row = made.entries.get()
    assert (row.lead, row.assisting) == (town.township_government, ["zhzf-qujiang", "qujiang"])


# ── Approval ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_approves_what_they_submitted(town: Town, at: datetime) -> None:
    waiting = submit(draft(town.desk_officer, at, entry()), by=town.desk_officer, at=at)
    with pytest.raises(NotAllowed, match="yourself"):
        approve(waiting, in_force_from=at, by=town.desk_officer, at=at)
    with pytest.raises(NotAllowed, match="A person"):
        approve(waiting, in_force_from=at, by=NamedActor("command", "命令行"), at=at)
    with pytest.raises(NotAllowed, match="administrators"):
        approve(waiting, in_force_from=at, by=town.auditor, at=at)
    with pytest.raises(BadInput, match="past"):
        approve(waiting, in_force_from=at - DAY, by=town.region_admin, at=at)
    with pytest.raises(MoveNotAllowed):
        approve(waiting, in_force_from=at, by=town.region_admin, at=at, expected=waiting.revision - 1)
    assert approve(waiting, in_force_from=at, by=town.region_admin, at=at).state == ListState.APPROVED


def test_a_list_that_waits_or_holds_cannot_be_changed(town: Town, at: datetime) -> None:
    waiting = submit(draft(town.desk_officer, at, entry()), by=town.desk_officer, at=at)
    for change in (
        lambda: add_entry(waiting, COUNTY, by=town.desk_officer, at=at),
        lambda: end_entry(waiting.entries.get(), by=town.desk_officer, at=at),
        lambda: discard(waiting, by=town.desk_officer, at=at),
    ):
        with pytest.raises(MoveNotAllowed):
            change()
    again = send_back(waiting, reason="缺少夜间安排", by=town.region_admin, at=at)
    add_entry(again, COUNTY, by=town.desk_officer, at=at)
    gone = again.entries.get(number=2)
    end_entry(gone, by=town.desk_officer, at=at)
    with pytest.raises(MoveNotAllowed, match="not in the draft"):
        change_entry(RoutingEntry(pk=0, routing_list=again), COUNTY, by=town.desk_officer, at=at)
    assert discard(RoutingList.objects.get(), by=town.desk_officer, at=at).state == ListState.DISCARDED


@pytest.mark.parametrize(
    ("entries", "say"),
    [((), "1620 holes"), ((entry(), entry()), "1620 conflicts"), ((COUNTY,), "holes, 0 conflicts")],
)
def test_a_draft_with_a_fault_is_refused(
    entries: tuple[dict[str, str], ...], say: str, town: Town, at: datetime
) -> None:
    made = draft(town.desk_officer, at, *entries)
    with pytest.raises(BadInput, match=say):
        submit(made, by=town.desk_officer, at=at)
    assert RoutingList.objects.get().state == ListState.DRAFT


def test_a_unit_closed_meanwhile_stops_the_approval(town: Town, at: datetime) -> None:
    waiting = submit(draft(town.desk_officer, at, entry(), COUNTY), by=town.desk_officer, at=at)
    Unit.objects.filter(code="qujiang").update(is_active=False)
    with pytest.raises(BadInput, match="1 entries that name closed units"):
        approve(waiting, in_force_from=at, by=town.region_admin, at=at)
    assert fault_lines(proof_of(waiting)) == ["Entry 2 names closed units: 衢江区政府"]


def test_faults_are_named_in_words(town: Town, at: datetime) -> None:
    made = draft(
        town.desk_officer, at, COUNTY, TOWNSHIP, entry("330803102", "qujiang", matter="EENV02"),
        entry(grade="urgent"), entry(grade="ordinary", times="06:00-22:00"), entry(grade="serious", times="workdays"),
    )  # fmt: skip
    lines = fault_lines(proof_of(made))
    assert (
        "Several lead: 莲花镇 · Heaps of building rubble or soil: entries 2 → 莲花镇政府, 3 → 衢江区政府"
        in lines
    )
    assert any(
        "serious · days off" in line and "all of 衢州市 · all of “市容环境类部件”" in line for line in lines
    )
    assert any("all of 龙游县" in line and "ordinary · 00:00–06:00, 22:00–24:00" in line for line in lines)


# ── Effect ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_takes_effect_at_its_date_and_the_next_takes_its_place(town: Town, at: datetime) -> None:
    first = in_force(town, at)
    second = draft(town.region_admin, at, COUNTY)
    approve(submit(second, by=town.region_admin, at=at), in_force_from=at + DAY, by=town.desk_officer, at=at)
    assert [list_in_force(when) for when in (at - DAY, at, at + DAY)] == [None, first, second]


def test_the_nearest_and_most_particular_entry_leads(town: Town, at: datetime) -> None:
    in_force(town, at, COUNTY, TOWNSHIP, entry("330803", "qujiang", matter="EENV01", times="22:00-06:00"))
    case = reported(at)
    assert routing_for(case, at) is None
    leads = {}
    for code, when in (("EENV01", at), ("EENV02", at), ("TMKT01", at), ("EENV01", at + 15 * DAY / 24)):
        found = routing_for(case, when, matter(code))
        assert found is not None
        assert found.lead is not None
        leads[code, when] = found.lead.code
    assert list(leads.values()) == ["zhzf-qujiang", "lianhua", "desk", "qujiang"]
    offered = routing_for(case, at, matter("EENV01"))
    assert offered is not None
    assert (offered.reason, [unit.code for unit in offered.assisting]) == (
        "衢江区 · 市容环境类事件",
        ["qujiang"],
    )


def test_holes_and_conflicts_offer_nobody_and_say_why(town: Town, at: datetime) -> None:
    made = in_force(town, at, COUNTY)
    case = reported(at, matter_code="EENV01")
    Unit.objects.filter(code="zhzf-qujiang").update(is_active=False)
    closed = routing_for(case, at)
    # What no approval lets through is written past the actions.
    other = RoutingEntry.objects.get(routing_list=made, number=2)
    other.pk, other.number = None, 3
    other.save()
    several = routing_for(case, at)
    RoutingEntry.objects.all().delete()
    nobody = routing_for(case, at)
    assert closed is not None
    assert several is not None
    assert nobody is not None
    assert [each.verdict for each in (closed, several, nobody)] == [
        Verdict.HOLE,
        Verdict.CONFLICT,
        Verdict.HOLE,
    ]
    assert "衢江区综合执法局, which is closed" in why_none(closed)
    assert "entries 2, 3" in why_none(several)
    assert "names nobody" in why_none(nobody)


# ── Files and commands ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("write", "name"), [(as_csv, "list.csv"), (as_workbook, "list.xlsx")])
def test_a_file_reads_back_as_it_was(write: object, name: str, town: Town, at: datetime) -> None:
    made = in_force(
        town, at, COUNTY, TOWNSHIP, entry("330825", "zhzf-longyou", grade="urgent", times="sat,sun")
    )
    read = read_list(write(made), name)  # type: ignore[operator]
    copy = draft(town.desk_officer, at, entry("330803", "qujiang"), is_empty=True)
    replace_entries(copy, read.entries, by=town.desk_officer, at=at, file=name)
    assert (read.problems, read.row_count) == ([], 4)
    assert as_csv(copy) == as_csv(made)


def test_a_file_names_its_bad_rows_and_keeps_the_good_ones(town: Town) -> None:
    matter()
    text = "区划代码,牵头单位,序号,时段\n330803,qujiang,5,夜\n330803,qujiang,5,\n\n330825,qujiang,,\n330825,desk,5,\n330825,desk,,工作日\n"
    read = read_list(text.encode(), "清单.csv")
    assert [(p.row, p.field) for p in read.problems] == [(2, "times"), (5, "lead"), (6, "number")]
    assert [(e.number, e.lead.code, e.window) for e in read.entries] == [
        (5, "qujiang", ""),
        (0, "desk", "workdays"),
    ]
    for data in (b"a,b\n1,2\n", b"\x7fELF nothing"):
        with pytest.raises(BadInput):
            read_list(data, "x.csv")


def test_the_commands(town: Town, at: datetime, tmp_path: Path, settings: object) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0  # type: ignore[attr-defined]
    run = CliRunner().invoke
    assert "no such list" in run(app, ["routing", "prove"]).output
    made = in_force(town, at, COUNTY)
    file = tmp_path / "list.csv"
    assert run(app, ["routing", "export", str(file)]).exit_code == 0
    proven = run(app, ["routing", "prove", "--list", str(made.pk)])
    assert (proven.exit_code, "1620 cells: 0 holes, 0 conflicts" in proven.output) == (0, True)
    file.write_text(file.read_text(encoding="utf-8-sig").replace("desk", "nobody"), encoding="utf-8")
    bad = run(app, ["routing", "import", str(file), "--title", "新清单"])
    assert (bad.exit_code, "row 2, lead" in bad.output, "1 entries of 2 rows" in bad.output) == (
        1,
        True,
        True,
    )
    hollow = run(app, ["routing", "prove", "--list", str(RoutingList.objects.latest("pk").pk)])
    assert (hollow.exit_code, "Nobody leads" in hollow.output) == (1, True)
    file.write_text("a,b\n")
    assert "columns are missing" in run(app, ["routing", "import", str(file), "--title", "x"]).output
