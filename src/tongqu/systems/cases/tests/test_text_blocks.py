"""Text blocks for replies: filled from the case, kept by their units, taken in from a CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.text_blocks import as_csv, import_blocks, save_block
from tongqu.systems.cases.models.text_block import TextBlock
from tongqu.systems.cases.queries.text_blocks import blocks_for, may_keep
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import brought_to, matter, reported
from tongqu.systems.cases.tests.test_pages import signed_in, text

HEAD = "title,text,language,unit,matter,class_name,is_active"


def rows(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


def test_blocks_fit_the_matter_and_are_filled(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLED, town, at)
    kind = matter().class_name
    import_blocks(
        rows(
            "三,{number}由{unit}办理。,,,,,1", f"二,{{handling}},,,,{kind},1", "一,{matter}，{due}前办结,,,EENV01,,1",
            "停用,x,,,,,0", "别类,x,,,,不是这一类,1",
        ),
        "b.csv", by=town.region_admin, at=at,
    )  # fmt: skip
    found = blocks_for(case, town.desk_officer)
    assert [each.title for each in found] == ["一", "二", "三"]
    assert found[1].text == "已清运"
    assert found[2].text == f"{case.number}由{town.county_department.name}办理。"
    assert found[0].text.endswith("日前办结")
    new = reported(at)
    assert [each.text for each in blocks_for(new, town.desk_officer)] == [f"{new.number}由{{unit}}办理。"]


def test_each_unit_keeps_its_own(town: Town, at: datetime) -> None:
    own = TextBlock(title="本局", text="您好", unit=town.county_department)
    assert save_block(own, by=town.department_head, at=at)
    assert not save_block(own, by=town.department_head, at=at)
    own.text = "您好！"
    assert save_block(own, by=town.department_head, at=at)
    facts = list(Fact.objects.filter(subject_kind="text_block").order_by("seq"))
    assert [fact.verb for fact in facts] == ["text_block.added", "text_block.changed"]
    assert (facts[1].before_values, facts[1].after_values) == ({"text": "您好"}, {"text": "您好！"})
    for stranger in (town.department_officer, town.county_leader, town.region_admin):
        with pytest.raises(NotAllowed):
            save_block(TextBlock(title="x", text="y", unit=own.unit), by=stranger, at=at)
    own.unit = None
    with pytest.raises(NotAllowed):
        save_block(own, by=town.region_admin, at=at)
    assert (may_keep(town.region_admin, None), may_keep(town.department_head, None)) == (True, False)
    case = brought_to(State.HANDLING, town, at)
    assert [each.title for each in blocks_for(case, town.department_officer)] == ["本局"]
    assert blocks_for(case, town.desk_officer) == []


def test_a_file_keeps_its_good_rows_and_comes_back_as_it_went(town: Town, at: datetime) -> None:
    bad = [
        "坏,{unitt},,,,,1",
        "坏,x,,nowhere,,,1",
        "坏,x,,,NONE,,1",
        ",x,,,,,1",
        "坏,x,,duze,,,1",
        f"长,{'x' * 3001},,,,,1",
    ]
    data = rows("好,{number},,,,,1", "好,{number},en,,,,0", *bad)
    report = import_blocks(data, "b.csv", by=town.region_admin, at=at)
    assert (report.new, report.changed, report.same) == (2, 0, 0)
    found = [(problem.row, problem.field, problem.code) for problem in report.problems]
    assert found == [
        (4, "text", "placeholder"), (5, "unit", "unknown"), (6, "matter", "unknown"), (7, "title", "invalid"),
        (8, "unit", "not-yours"), (9, "text", "too-long"),
    ]  # fmt: skip
    back = as_csv(list(TextBlock.objects.order_by("pk"))).encode()
    again = import_blocks(back, "b.csv", by=town.region_admin, at=at)
    assert (again.new, again.changed, again.same, again.problems) == (0, 0, 2, ())
    assert import_blocks(rows("好,您好,,,,,1"), "b.csv", by=town.region_admin, at=at).changed == 1
    for broken in (b"\xff\xfe", b"a,b\n1,2\n", b"", b'title,text\n"a'):
        with pytest.raises(BadInput):
            import_blocks(broken, "b.csv", by=town.region_admin, at=at)


def test_one_title_stands_once_in_a_unit(town: Town, at: datetime) -> None:
    save_block(TextBlock(title="同名", text="x"), by=town.region_admin, at=at)
    save_block(TextBlock(title="同名", text="x", unit=town.city_desk), by=town.region_admin, at=at)
    for unit in (None, town.city_desk):
        with pytest.raises(BadInput):
            save_block(TextBlock(title="同名", text="y", unit=unit), by=town.region_admin, at=at)


def test_the_pages(town: Town, at: datetime, settings: Any) -> None:
    admin, head = signed_in(town.region_admin), signed_in(town.department_head)
    good = {"title": "开场", "text": "您好，{number}", "unit": "", "language": "zh-hans", "is_active": "on"}
    assert admin.get("/cases/blocks/new/").status_code == 200
    assert admin.post("/cases/blocks/new/", {**good, "text": "{x}"}).status_code == 422
    assert admin.post("/cases/blocks/new/", good).status_code == 302
    assert admin.post("/cases/blocks/new/", good).status_code == 422
    block = TextBlock.objects.get()
    address = f"/cases/blocks/{block.pk}/"
    assert admin.post(address, {**good, "title": "开头"}).status_code == 302
    assert "开头" in text(head.get("/cases/blocks/"))
    assert "Another unit" in text(head.get(address))
    assert head.post(address, good).status_code == 403
    assert head.post("/cases/blocks/new/", {**good, "unit": "zhzf-qujiang"}).status_code == 302
    assert "您好，{number}" in admin.get("/cases/blocks/export.csv").content.decode()
    assert admin.get("/cases/blocks/?export=xlsx").status_code == 200
    send = lambda data: admin.post("/cases/blocks/import/", {"file": SimpleUploadedFile("b.csv", data)})  # noqa: E731
    assert (send(rows("新,x,,,,,1")).status_code, send(rows(",x,,,,,1")).status_code) == (302, 422)
    assert (send(b"\xff\xfe").status_code, admin.post("/cases/blocks/import/").status_code) == (422, 422)
    assert signed_in(town.auditor).get("/cases/blocks/").status_code == 403
    case = brought_to(State.HANDLING, town, at)
    page = text(signed_in(town.desk_officer).get(f"/cases/{case.number}/replies/"))
    assert f"您好，{case.number}" in page
    blocks = signed_in(town.desk_officer).get(f"/api/v1/cases/{case.number}/text-blocks").json()
    assert {"title": "开头", "text": f"您好，{case.number}"} in blocks
    assert signed_in(town.auditor).get(f"/api/v1/cases/{case.number}/text-blocks").json() == []
