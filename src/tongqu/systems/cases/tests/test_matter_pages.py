"""The pages on which matters are read, changed, and taken in from a file."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from conftest import Town, make_person
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.matters import change_matter
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.versions import MatterVersion, day_of
from tongqu.systems.cases.tests.factories import matter

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FILE = "代码,名称（简体）,大类代码,平台,核查方式,处置时限\nEENV01,暴露垃圾,E-ENV,综合执法,newer photo of the place,9wd\n"


def signed_in(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def look(client: Client, text: str, name: str = "mine.csv") -> Any:
    return client.post("/cases/matters/import/", {"file": SimpleUploadedFile(name, text.encode())})


def word(answer: Any) -> str:
    """The signed tables that the page brought along."""
    found = re.search(r'name="looked_at" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def test_an_administrator_plans_a_change_sees_it_and_takes_it_back(town: Town) -> None:
    waste, client = matter(), signed_in(town.region_admin)
    page = client.get("/cases/matters/EENV01/change/")
    form = page.context["form"]
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    day = day_of(now()) + DAY
    change = {**sent, "handle_allowance": "9wd", "in_force_on": day.isoformat(), "reason": "新办法"}
    assert client.post("/cases/matters/EENV01/change/", change).status_code == 302
    version = waste.versions.get(number=2)
    assert (version.in_force_on, version.reason, version.changed) == (day, "新办法", ["handle_allowance"])
    history = client.get("/cases/matters/EENV01/history/").content.decode()
    assert all(words in history for words in ("待生效", "现行", "新办法", "<ins>9wd</ins>", "<del>1wd</del>"))
    assert "已拟定自" in client.get("/cases/matters/EENV01/").content.decode()
    assert client.post("/cases/matters/EENV01/versions/2/withdraw/").status_code == 302
    assert "已撤回" in client.get("/cases/matters/EENV01/history/").content.decode()
    assert "已生效" in client.post("/cases/matters/EENV01/versions/1/withdraw/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("changes", "say"),
    [
        ({}, "未作任何修改"),
        ({"handle_allowance": "9wd", "in_force_on": "2020-01-01"}, "变更只能自今日或以后生效"),
        ({"handle_allowance": "soon"}, "soon"),
        ({"handle_allowance": "9wd", "reason": ""}, "id_reason"),
    ],
)
def test_a_change_that_cannot_be_is_said_at_its_field(town: Town, changes: dict[str, str], say: str) -> None:
    matter()
    client = signed_in(town.region_admin)
    form = client.get("/cases/matters/EENV01/change/").context["form"]
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    answer = client.post("/cases/matters/EENV01/change/", {**sent, "reason": "新办法", **changes})
    assert (answer.status_code, MatterVersion.objects.filter(number=2).exists()) == (422, False)
    assert say in answer.content.decode()


def test_a_replaced_plan_is_shown_as_such(town: Town) -> None:
    waste, at = matter(), now()
    for days in ("5wd", "6wd"):
        change_matter(waste, by=town.region_admin, at=at, in_force_on=day_of(at) + DAY, handle_allowance=days)
    history = signed_in(town.villager).get("/cases/matters/EENV01/history/").content.decode()
    assert "生效前被替换" in history
    assert "撤回</button>" not in history


def test_a_file_is_looked_at_then_taken_in(town: Town) -> None:
    matter()
    client = signed_in(town.region_admin)
    seen = look(client, FILE + "XBAD,坏,X,?,photo,1wd\n")
    page = seen.content.decode()
    assert all(
        words in page
        for words in ("暴露垃圾", "<ins>9wd</ins>", "mine.csv", "平台", "请填写下列之一：综治工作")
    )
    assert not MatterVersion.objects.filter(number=2).exists()
    done = client.post("/cases/matters/import/", {"looked_at": word(seen)})
    assert "导入结果" in done.content.decode()
    assert Matter.objects.get(code="EENV01").handle_allowance == "9wd"
    again = look(client, FILE).content.decode()
    assert "无需变更" in again
    assert "looked_at" not in again


def test_what_another_looked_at_is_not_taken_in(town: Town) -> None:
    matter()
    other = make_person(
        "second.admin", "第二管理员", (town.region_admin.postings.get().unit, Role.REGION_ADMIN)
    )
    signed = word(look(signed_in(other), FILE))
    client = signed_in(town.region_admin)
    for looked_at in (signed, "nonsense"):
        assert client.post("/cases/matters/import/", {"looked_at": looked_at}).status_code == 422
    assert not MatterVersion.objects.filter(number=2).exists()


def test_files_that_are_none_are_refused_at_the_field(town: Town) -> None:
    client = signed_in(town.region_admin)
    for answer in (
        look(client, "x" * 1_048_577),
        look(client, "<html></html>", "a.xlsx"),
        client.post("/cases/matters/import/", {}),
    ):
        assert answer.status_code == 422
        assert "field-error" in answer.content.decode()
    assert "首行没有" in look(client, "name\nX\n").content.decode()


def test_the_export_is_a_workbook_that_changes_nothing(town: Town) -> None:
    matter()
    body = signed_in(town.villager).get("/cases/matters/export/").content
    book = load_workbook(io.BytesIO(body))
    assert [sheet.title for sheet in book.worksheets] == ["事项", "问题", "说明"]
    client = signed_in(town.region_admin)
    file = SimpleUploadedFile("matters.xlsx", body)
    assert "无需变更" in client.post("/cases/matters/import/", {"file": file}).content.decode()


def test_an_administrator_of_a_county_changes_no_matters(town: Town) -> None:
    matter()
    admin = make_person("county.admin", "县管理员", (town.county_government, Role.REGION_ADMIN))
    client = signed_in(admin)
    for page in ("/cases/matters/import/", "/cases/matters/EENV01/change/"):
        assert client.get(page).status_code == 403
    with pytest.raises(NotAllowed):
        change_matter(matter(), by=admin, at=now(), handle_allowance="9wd")


def test_the_list_finds_matters_by_their_keywords(town: Town) -> None:
    matter()
    page = signed_in(town.villager).get("/cases/matters/", {"words": "广场舞"}).content.decode()
    assert "EENV09" in page
    assert "EENV01" not in page
