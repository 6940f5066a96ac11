"""The hotline import: headings are guessed, bad rows are named, an order is one case, hostile files are refused."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from typer.testing import CliRunner

from conftest import Town
from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.jobs.actions import spec_of
from tongqu.shared.jobs.rules import JobContext
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Division
from tongqu.systems.cases.actions.hotline import HOTLINE, draft_import, forget_drafts, save_mapping, take_in
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hotline import HotlineImport, HotlineOrder
from tongqu.systems.cases.queries.hotline import read_export
from tongqu.systems.cases.rules.hotline import mapping_problems, read_order
from tongqu.systems.cases.tests.factories import matter
from tongqu.systems.cases.tests.test_pages import signed_in, text

HEAD = "工单编号,来电时间,来电人,联系电话,诉求内容,地址,区县,诉求类型"
GOOD = [
    "QZ001,2026-09-15 08:30,王小明,13800001111,小区门口路灯不亮。,荷花路12号,衢江区,积存垃圾渣土",
    "QZ002,2026/9/15 9:05,,,河面有漂浮物,莲花溪,江郎山区,其他",
]
BAD = [
    "QZ003,昨天,李,call me,没有时间,,,",
    ",2026-09-15 10:00,,,没有编号,,,",
    "QZ001,,,,重复的编号,,,",
    "QZ005,,,,,,,",
]


def export(*rows: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([HEAD, *rows]).encode(encoding)


def workbook(*rows: str) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.append(["12345热线工单导出表"])
    for line in [HEAD, *rows]:
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [(export(*GOOD), "a.csv"), (export(*GOOD, encoding="gb18030"), "a.csv"), (workbook(*GOOD), "a.xlsx")],
    ids=["utf-8", "gb18030", "xlsx"],
)
def test_an_order_is_one_case_however_often_it_comes(
    data: bytes, name: str, town: Town, at: datetime
) -> None:
    matter()
    first, second = (take_in(read_export(data, name), clock=lambda: at) for _time in range(2))
    assert [(o.new, o.known, o.refused) for o in (first, second)] == [(2, 0, 0), (0, 2, 0)]
    one, two = Case.objects.order_by("pk")
    assert (one.source, one.division, one.reporter_name) == ("hotline", town.county, "王小明")
    assert (two.division, two.place_text) == (None, "江郎山区 莲花溪")
    order = HotlineOrder.objects.get(number="QZ001")
    assert order.called_at is not None
    assert order.called_at.isoformat() == "2026-09-15T00:30:00+00:00"


def test_bad_rows_are_named_and_good_ones_kept(town: Town, at: datetime) -> None:
    outcome = take_in(read_export(export(*GOOD, *BAD), "a.csv"), clock=lambda: at)
    assert (outcome.new, outcome.refused) == (2, 4)
    found = [(p.file, p.row, p.field, p.code) for p in outcome.problems]
    assert found == [
        ("a.csv", 4, "called_at", "bad-time"),
        ("a.csv", 4, "phone", "bad-phone"),
        ("a.csv", 5, "number", "required"),
        ("a.csv", 6, "number", "twice"),
        ("a.csv", 7, "text", "required"),
    ]


def test_an_order_that_only_the_report_refuses_holds_up_no_other(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongqu.systems.cases.actions.report.title_of", _refuse)
    outcome = take_in(read_export(export(*GOOD), "a.csv"), clock=lambda: at)
    assert (outcome.new, outcome.refused, outcome.problems[0].row) == (1, 1, 2)


def _refuse(clean: str) -> str:
    if "路灯" in clean:
        raise BadInput([Problem("no", "no", field="text")])
    return clean


def entities() -> bytes:
    """A workbook whose XML declares an entity."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(*GOOD))) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            if entry.filename == "xl/workbook.xml":
                body = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + body
            new.writestr(entry, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.csv"), (b"MZ\x90\0" + b"x" * 99, "a.csv"), (b"<html><script>1</script>", "a.csv"),
        (b"PK\x03\x04broken", "a.xlsx"), (b"%PDF-1.7\n%%EOF", "a.pdf"), (entities(), "a.xlsx"),
        (b"\xff\xd8\xff\xe0", "a.xlsx"), (b'a,"b\n1,2', "a.csv"), (b"\r\n,,\r\n", "a.csv"),
    ],
    ids=["empty", "program", "web page", "broken zip", "pdf", "entities", "picture", "broken csv", "blank"],
)  # fmt: skip
def test_a_hostile_or_broken_file_is_refused_as_a_whole(data: bytes, name: str) -> None:
    with pytest.raises(BadInput):
        read_export(data, name)


def test_rows_and_mappings_are_judged() -> None:
    long = {"number": "9" * 61, "text": "x" * 5001, "phone": "", "called_at": ""}
    order, problems = read_order(2, long, file="a.csv", zone="UTC", _=str)
    assert (order, [p.field for p in problems]) == (None, ["number", "text"])
    wrong = mapping_problems({"number": "工单编号", "phone": "手机"}, ["工单编号"], "a.csv", str)
    assert [(p.field, p.code) for p in wrong] == [("text", "no-column"), ("phone", "absent-column")]


def test_the_desk_looks_names_the_columns_confirms_and_reads_the_outcome(town: Town, at: datetime) -> None:
    client = signed_in(town.desk_officer)
    strange = export(*GOOD, BAD[0]).replace("诉求内容".encode(), "市民说了什么".encode())
    answer = client.post("/cases/hotline/", {"file": SimpleUploadedFile("a.csv", strange)})
    page = client.get(answer.url)
    assert page.context["export"].orders == []
    columns = {**page.context["form"].initial, "text": "市民说了什么", "save_as": "衢江导出"}
    assert client.post(answer.url, columns).status_code == 302
    page = client.get(answer.url)
    assert (page.context["new"], page.context["known"]) == (2, 0)
    assert "13800001111" not in text(page)
    assert client.post(answer.url, {**columns, "save_as": "", "import": "1"}).status_code == 302
    batch = HotlineImport.objects.get()
    assert client.get(f"{answer.url}progress/").status_code == 200
    for attempt in (1, 2):
        spec_of("cases.hotline_import").function(number=batch.pk, context=JobContext("0" * 32, attempt))
    batch.refresh_from_db()
    assert (batch.state, batch.data, batch.new_count, batch.refused_count) == ("done", None, 2, 1)
    assert client.get(f"{answer.url}progress/").status_code == 286
    assert "昨天" not in text(client.get(answer.url))
    assert Case.objects.count() == 2
    assert Fact.objects.filter(verb="hotline.imported").count() == 1
    assert signed_in(town.county_leader).get(answer.url).status_code == 403
    bad = client.post("/cases/hotline/", {"file": SimpleUploadedFile("a.csv", b"MZ\0\0")})
    assert bad.status_code == 422


def test_the_command_says_what_came_in(town: Town, at: datetime, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(export(*GOOD))
    run = CliRunner().invoke
    assert "2 new, 0 known, 0 refused" in run(app, ["hotline", "import", str(file), "--dry-run"]).output
    assert not Case.objects.exists()
    save_mapping("甲", read_export(file.read_bytes(), "a.csv").mapping, by=HOTLINE, at=at)
    assert "2 new" in run(app, ["hotline", "import", str(file), "--mapping", "甲"]).output
    assert "0 new, 2 known" in run(app, ["hotline", "import", str(file)]).output
    refused = run(app, ["hotline", "import", str(file), "--mapping", "乙"])
    assert (refused.exit_code, "甲" in refused.output) == (1, True)
    with pytest.raises(BadInput):
        save_mapping(" ", {}, by=HOTLINE, at=at)


def test_a_file_with_too_many_rows_is_to_be_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongqu.systems.cases.analytics.sheets.MOST_ROWS", 2)
    with pytest.raises(BadInput) as refusal:
        read_export(export(*GOOD), "a.csv")
    assert [problem.code for problem in refusal.value.problems] == ["too-many-rows"]


def test_a_name_that_two_townships_bear_is_no_place(town: Town, at: datetime) -> None:
    Division.objects.filter(pk=town.far_township.pk).update(name_zh_hans=town.township.name_zh_hans)
    take_in(read_export(export(f"GD1,,,,路灯不亮,,{town.township.name_zh_hans},"), "a.csv"), clock=lambda: at)
    case = Case.objects.get()
    assert (case.division, case.place_text) == (None, town.township.name_zh_hans)


def test_a_file_that_nobody_confirms_is_deleted_after_a_day(town: Town, at: datetime) -> None:
    draft_import(export("GD1,,,,路灯不亮,,,"), "a.csv", mapping=None, by=town.desk_officer, at=at)
    assert forget_drafts(at + timedelta(hours=24)) == 0
    assert forget_drafts(at + timedelta(hours=25)) == 1
