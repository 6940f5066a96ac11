"""The pages of responsibility lists: drafting, proof, approval, table, rehearsal, files, a rule out of a dispute."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.disputes import decide
from tongqu.systems.cases.actions.routing import submit
from tongqu.systems.cases.actions.routing_rule import rule_from_decision
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList
from tongqu.systems.cases.queries.routing_files import as_csv
from tongqu.systems.cases.rules.routing import ListState
from tongqu.systems.cases.tests.factories import disputed, matter, reported
from tongqu.systems.cases.tests.routing import COUNTY, TOWNSHIP, draft, entry, in_force

DAY = timedelta(days=1)
LISTS = "/cases/routing/"


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, at: datetime) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + DAY, 0


def signed_in(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def fields(**more: Any) -> dict[str, Any]:
    """What the form of an entry sends."""
    return {"division": "330803", "about": "class:E-ENV", "lead": "qujiang", **more}


def test_a_list_goes_from_draft_to_force_through_the_pages(town: Town, at: datetime) -> None:
    in_force(town, at, COUNTY)
    desk, admin = signed_in(town.desk_officer), signed_in(town.region_admin)
    begun = desk.post(f"{LISTS}begin/", {"title": "夜间噪声", "reason": "按协调会纪要"})
    made = RoutingList.objects.get(state=ListState.DRAFT)
    assert begun.url == f"{LISTS}{made.pk}/"
    assert (
        desk.post(f"{LISTS}{made.pk}/entries/", fields(about="matter:EENV09", times="夜里")).status_code
        == 422
    )
    sent = fields(about="matter:EENV09", times="22:00-06:00", assisting=["zhzf-qujiang"])
    assert desk.post(f"{LISTS}{made.pk}/entries/", sent).status_code == 302
    shown = text(desk.get(f"{LISTS}{made.pk}/"))
    assert "22:00–06:00" in shown
    assert "Proven: exactly one unit leads" in shown
    revision = RoutingList.objects.get(pk=made.pk).revision
    assert desk.post(f"{LISTS}{made.pk}/move/submit/", {"expected": revision}).status_code == 302
    own = desk.post(f"{LISTS}{made.pk}/move/approve/", {"expected": revision + 1, "day": "2026-09-17"})
    assert (own.status_code, "You submitted this list yourself" in text(own)) == (422, True)
    late = admin.post(f"{LISTS}{made.pk}/move/approve/", {"expected": revision + 1, "day": "2026-09-01"})
    assert (late.status_code, "in the past" in text(late)) == (422, True)
    done = admin.post(f"{LISTS}{made.pk}/move/approve/", {"expected": revision + 1, "day": "2026-09-20"})
    assert done.status_code == 302
    assert text(admin.get(LISTS)).count("from 2026-09-20") == 1


def test_a_draft_with_faults_says_why_it_cannot_go_on(town: Town, at: datetime) -> None:
    made = draft(town.desk_officer, at, COUNTY, COUNTY, entry("330825", "zhzf-longyou", matter="EENV01"))
    desk = signed_in(town.desk_officer)
    refused = desk.post(f"{LISTS}{made.pk}/move/submit/", {"expected": made.revision})
    assert (refused.status_code, "See the proof; mend them first" in text(refused)) == (422, True)
    shown = text(desk.get(f"{LISTS}{made.pk}/proof/"))
    assert "Several lead" in shown
    assert f'href="{LISTS}{made.pk}/entries/1/"' in shown
    assert "衢江区 itself" not in shown
    assert "all of 衢江区" in shown
    assert f"{LISTS}{made.pk}/entries/" in shown


def test_entries_are_changed_and_ended(town: Town, at: datetime) -> None:
    made = draft(town.desk_officer, at, entry(), TOWNSHIP)
    desk, address = signed_in(town.desk_officer), f"{LISTS}{made.pk}/entries/2/"
    assert "EENV02" in text(desk.get(address))
    assert (
        desk.post(address, fields(division="330803102", about="matter:EENV02", verifier="duze")).status_code
        == 422
    )
    assert desk.post(address, fields(division="330803102", about="matter:EENV02")).status_code == 302
    row = RoutingEntry.objects.get(number=2)
    assert (row.lead, row.handle_allowance, row.verifier) == (town.county_government, "", None)
    assert desk.post(address, {"end": "1"}).status_code == 302
    assert [desk.get(address).status_code, made.entries.count()] == [404, 1]
    submit(made, by=town.desk_officer, at=at)
    assert desk.get(f"{LISTS}{made.pk}/entries/1/").status_code == 404


def test_who_may_read_a_draft(town: Town, at: datetime) -> None:
    made, kept = draft(town.desk_officer, at, entry()), in_force(town, at)
    for name, answers in {
        "county_leader": 200,
        "auditor": 200,
        "villager": 404,
        "township_clerk": 404,
    }.items():
        client = signed_in(getattr(town, name))
        assert client.get(f"{LISTS}{made.pk}/").status_code == answers, name
        assert client.get(f"{LISTS}{kept.pk}/").status_code == 200
        assert ("Begin a draft" in text(client.get(LISTS))) is False
        assert client.post(f"{LISTS}begin/", {"title": "x"}).status_code == 403
    # A duty desk of a county is no coordinating desk: the door opens, the act does not.
    assert signed_in(town.outsider).get(f"{LISTS}{made.pk}/rehearsal/").status_code == 403


def test_the_table_shows_leads_and_what_is_missing(town: Town, at: datetime) -> None:
    made = draft(town.desk_officer, at, COUNTY, TOWNSHIP, entry("330803", "qujiang", matter="EENV02"),
                 entry("330825", "zhzf-longyou"), entry("330825", "zhzf"))  # fmt: skip
    desk, address = signed_in(town.desk_officer), f"{LISTS}{made.pk}/table/"
    counties = desk.get(address, {"class_code": "E-ENV"})
    rows = {
        row.matter.code: [(c.verdict.value, c.unit) for c in row.cells]
        for row in counties.context["grid"].rows
    }
    assert rows["EENV02"] == [("hole", ""), ("lead", "qujiang"), ("conflict", "")]
    towns = desk.get(address, {"within": "330803", "class_code": "E-ENV"}).context["grid"]
    rows = {row.matter.code: [(c.unit, c.is_as_around) for c in row.cells] for row in towns.rows}
    assert rows["EENV02"] == [("qujiang", False), ("lianhua", False), ("qujiang", True)]
    assert "nobody" in text(counties)
    assert "Page 3 of 3" in text(desk.get(address, {"page": "9"}))


def test_a_rehearsal_names_what_would_go_elsewhere_and_changes_nothing(town: Town, at: datetime) -> None:
    in_force(town, at, COUNTY)
    for number in range(3):
        reported(at, text=f"垃圾{number}", matter_code="EENV01")
    reported(at, text="没有事项")
    reported(at - 200 * DAY, text="去年的", matter_code="EENV01")
    made = draft(town.desk_officer, at, entry("330803102", "lianhua", matter="EENV01"))
    desk = signed_in(town.desk_officer)
    answer = desk.get(f"{LISTS}{made.pk}/rehearsal/")
    found = answer.context["found"]
    assert (found.cases, found.moved, found.left_out) == (3, 3, 1)
    assert found.flows == [("衢江区综合执法局", "莲花镇政府", 3)]
    assert "垃圾2" in text(answer)
    none = desk.get(f"{LISTS}{made.pk}/rehearsal/", {"since": "2026-01-01", "until": "2026-02-01"})
    assert "No case would go elsewhere" in text(none)
    first = RoutingList.objects.get(state=ListState.APPROVED)
    assert desk.get(f"{LISTS}{first.pk}/rehearsal/").context["found"].flows[-1][0] == ""


def test_a_file_is_looked_at_before_it_takes_the_place(town: Town, at: datetime) -> None:
    made = draft(town.desk_officer, at, entry(), COUNTY, TOWNSHIP)
    desk, address = signed_in(town.desk_officer), f"{LISTS}{made.pk}/file/"
    lines = as_csv(made).decode("utf-8-sig").splitlines()
    body = "\n".join(
        [
            lines[0],
            lines[1],
            lines[2].replace("zhzf-qujiang", "zhzf"),
            ",330825,,,,,nobody,,,,",
            ",330825,,,,,zhzf-longyou,,,,",
        ]
    )
    looked = desk.post(address, {"file": SimpleUploadedFile("新.csv", body.encode(), "text/csv")})
    changes = looked.context["changes"]
    assert (changes.new, changes.changed, changes.gone, changes.same) == (1, 1, 1, 1)
    assert "No unit has the code or the name" in text(looked)
    assert made.entries.count() == 3
    taken = desk.post(address, {"rows": looked.context["rows"], "name": "新.csv"})
    assert taken.status_code == 302
    assert [(e.number, e.lead.code) for e in made.entries.all()] == [
        (1, "desk"),
        (2, "zhzf"),
        (3, "zhzf-longyou"),
    ]
    bad = desk.post(address, {"file": SimpleUploadedFile("x.csv", b"a,b\n", "text/csv")})
    assert (bad.status_code, "columns are missing" in text(bad)) == (422, True)
    for kind in ("csv", "xlsx"):
        assert (
            desk.get(f"{LISTS}{made.pk}/", {"file": kind}).headers["Content-Disposition"].endswith(f'{kind}"')
        )


# ── From a dispute to a rule ────────────────────────────────────────────────────────────────────────────────────


def test_a_decision_becomes_an_entry_of_a_draft(town: Town, at: datetime) -> None:
    in_force(town, at, COUNTY)
    case = disputed(town, at)
    case = decide(case, unit=town.township_government, reason="垃圾由属地清运", by=town.desk_officer, at=at)
    desk = signed_in(town.desk_officer)
    assert "Make it a rule" in text(desk.get(f"/cases/{case.number}/"))
    assert "Make it a rule" not in text(signed_in(town.county_leader).get(f"/cases/{case.number}/"))
    answer = desk.post(f"/cases/{case.number}/rule/")
    row = RoutingEntry.objects.select_related("matter").get(case=case)
    assert answer.url == f"{LISTS}{row.routing_list_id}/entries/{row.number}/"
    assert (row.lead, row.division, row.matter) == (town.township_government, town.township, matter())
    assert "垃圾由属地清运" in row.note
    assert case.number in text(desk.get(answer.url))
    told = text(desk.get(f"/cases/{case.number}/"))
    assert answer.url in told
    assert "Make it a rule" not in told
    # A second click changes nothing; another decision changes the same entry.
    assert rule_from_decision(case, by=town.desk_officer, at=at) == row
    assert RoutingEntry.objects.filter(case=case).count() == 1


def test_what_cannot_become_a_rule(town: Town, at: datetime) -> None:
    case = disputed(town, at)
    with translation.override("en"), pytest.raises(BadInput, match="decided dispute"):
        rule_from_decision(case, by=town.desk_officer, at=at)
    case = decide(case, unit=town.other_county_department, reason="交由龙游", by=town.desk_officer, at=at)
    with translation.override("en"), pytest.raises(BadInput, match="does not hold this place"):
        rule_from_decision(case, by=town.desk_officer, at=at)
    answer = signed_in(town.desk_officer).post(f"/cases/{case.number}/rule/")
    assert answer.status_code == 422
    assert not RoutingList.objects.exists()
