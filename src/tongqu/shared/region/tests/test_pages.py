"""The region pages as different people see them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from conftest import Town
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import CalendarDay, Division, Person, Posting, Unit
from tongqu.shared.region.tests.specs import SOUND
from tongqu.shared.region.tests.test_folder_problems import zipped


@pytest.fixture(autouse=True)
def english(client: Client) -> None:
    client.cookies["django_language"] = "en"


def as_(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


READING = [
    "/region/", "/region/?q=莲花", "/region/?level=county", "/region/division/330803/", "/region/units/",
    "/region/division/330803102/", "/region/units/?q=zhzf", "/region/units/?kind=line", "/region/unit/zhzf-qujiang/",
    "/region/calendar/", "/region/calendar/?year=2025",
]  # fmt: skip


@pytest.mark.parametrize("path", READING)
def test_everyone_signed_in_reads_the_region(town: Town, client: Client, path: str) -> None:
    page(as_(client, town.villager), path)


@pytest.mark.parametrize("path", READING)
def test_strangers_are_sent_to_sign_in(town: Town, client: Client, path: str) -> None:
    assert client.get(path).status_code == 302


def test_home_shows_the_tree_and_the_counts(town: Town, client: Client) -> None:
    text = page(as_(client, town.villager), "/region/")
    for name in ("衢州市", "衢江区", "莲花镇", "溪口镇"):
        assert name in text


def test_home_before_there_is_a_region(town: Town, client: Client) -> None:
    Posting.objects.all().delete()
    Unit.objects.update(parent=None)
    Unit.objects.all().delete()
    town.region.delete()
    Division.objects.update(parent=None)
    Division.objects.all().delete()
    assert "There is no region yet" in page(as_(client, town.villager), "/region/")


def test_search_finds_by_name_and_code(town: Town, client: Client) -> None:
    as_(client, town.villager)
    assert "330803102" in page(client, "/region/?q=莲花")
    assert "No division found" in page(client, "/region/?q=nowhere")
    assert "zhzf-qujiang" in page(client, "/region/units/?q=zhzf")


@pytest.mark.parametrize(
    "path",
    [
        "/region/?level=township&export=xlsx",
        "/region/units/?q=zhzf&export=xlsx",
        "/region/division/330803/?export=xlsx",
    ],
)
def test_tables_can_be_taken_along(town: Town, client: Client, path: str) -> None:
    response = as_(client, town.villager).get(path)
    assert response["Content-Type"].startswith("application/vnd.openxmlformats")


def test_a_division_says_how_far_it_can_be_trusted(town: Town, client: Client) -> None:
    town.township.outline_quality = "derived"
    town.township.centre_quality = "placed"
    town.township.source = "placed by hand"
    town.township.is_invented = True
    town.township.save()
    text = page(as_(client, town.villager), "/region/division/330803102/")
    assert "service area derived from centres, approximate" in text
    assert "may be kilometres off" in text
    assert "placed by hand" in text


def test_a_division_without_a_place_says_so(town: Town, client: Client) -> None:
    Division.objects.create(
        code="330803102200", path="330803102200", level="village", name_zh_hans="西山村", parent=town.township
    )
    text = page(as_(client, town.villager), "/region/division/330803102200/")
    assert "No outline" in text


@pytest.mark.parametrize("path", ["/region/division/999999/", "/region/unit/nobody/", "/region/calendar/?year=1", "/region/calendar/?year=x", "/region/outlines/planet.geojson", "/region/outlines/county.geojson?within=9"])  # fmt: skip
def test_what_is_not_there_is_not_found(town: Town, client: Client, path: str) -> None:
    page(as_(client, town.villager), path, 404)


def test_people_of_a_unit_are_shown_to_colleagues_only(town: Town, client: Client) -> None:
    assert "王执法" not in page(as_(client, town.villager), "/region/unit/zhzf-qujiang/")
    assert "王执法" in page(as_(client, town.township_clerk), "/region/unit/zhzf-qujiang/")


def test_outlines_are_public_and_cached_until_the_map_changes(town: Town, client: Client) -> None:
    first = client.get("/region/outlines/county.geojson")
    assert len(json.loads(first.content)["features"]) == 2
    assert first["Content-Type"] == "application/geo+json"
    again = client.get("/region/outlines/county.geojson", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    town.county.save()
    changed = client.get("/region/outlines/county.geojson", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_outlines_within_a_division(town: Town, client: Client) -> None:
    found = client.get("/region/outlines/township.geojson?within=330825").json()
    assert [feature["properties"]["code"] for feature in found["features"]] == ["330825105"]


def test_acts_are_offered_to_the_administrator_only(town: Town, client: Client) -> None:
    assert "Post a person" in page(as_(client, town.region_admin), "/region/unit/zhzf-qujiang/")
    assert "Post a person" not in page(as_(client, town.department_head), "/region/unit/zhzf-qujiang/")


UNIT_ACTS = [
    ("change", {"change-name_zh_hans": "新名", "change-answers_for": "市容", "change-is_active": "on"}),
    ("post", {"post-person": "villager", "post-role": "handler"}),
    ("post", {"post-person": "蒋村民", "post-role": "unit_head", "post-since_on": "2026-01-01"}),
    ("add", {"add-code": "team-1", "add-kind": "line", "add-name_zh_hans": "一中队"}),
    ("move", {"move-parent": "qujiang"}),
]


@pytest.mark.parametrize(("act", "data"), UNIT_ACTS)
def test_the_administrator_acts_on_a_unit(town: Town, client: Client, act: str, data: dict[str, str]) -> None:
    response = as_(client, town.region_admin).post(f"/region/unit/zhzf-qujiang/{act}/", data)
    assert response.status_code == 302
    assert (
        Fact.objects.filter(verb__in=["unit.changed", "person.posted", "unit.made", "unit.moved"]).count()
        == 1
    )


@pytest.mark.parametrize(("act", "data"), UNIT_ACTS)
def test_others_do_not_act_on_a_unit(town: Town, client: Client, act: str, data: dict[str, str]) -> None:
    assert (
        as_(client, town.department_head).post(f"/region/unit/zhzf-qujiang/{act}/", data).status_code == 403
    )
    assert not Fact.objects.exists()


@pytest.mark.parametrize(
    ("act", "data", "say"),
    [
        ("change", {"change-name_zh_hans": ""}, "required"),
        ("post", {"post-person": "nobody", "post-role": "handler"}, "Give the login"),
        ("post", {"post-person": "villager", "post-role": "king"}, "king"),
        ("add", {"add-code": "desk", "add-kind": "line", "add-name_zh_hans": "x"}, "taken"),
        ("add", {"add-code": "Not A Code", "add-kind": "line", "add-name_zh_hans": "x"}, "valid"),
        ("move", {"move-parent": "lianhua"}, "valid choice"),
    ],
)
def test_a_wrong_form_says_what_is_wrong(
    town: Town, client: Client, act: str, data: dict[str, str], say: str
) -> None:
    response = as_(client, town.region_admin).post(f"/region/unit/qujiang/{act}/", data)
    assert response.status_code == 422
    assert say in response.content.decode()
    assert not Fact.objects.exists()


def test_closing_a_unit_in_use_says_why_not(town: Town, client: Client) -> None:
    response = as_(client, town.region_admin).post(
        "/region/unit/qujiang/change/", {"change-name_zh_hans": "区政府"}
    )
    assert response.status_code == 422
    assert "still active" in response.content.decode()


def test_an_unknown_act_is_not_found(town: Town, client: Client) -> None:
    assert as_(client, town.region_admin).post("/region/unit/qujiang/burn/").status_code == 404


def test_a_posting_ends(town: Town, client: Client) -> None:
    posting = Posting.objects.get(person=town.department_officer)
    as_(client, town.region_admin).post(f"/region/posting/{posting.pk}/end/")
    posting.refresh_from_db()
    assert posting.until_on is not None


def test_the_last_administrator_is_told_why_the_posting_stays(town: Town, client: Client) -> None:
    posting = Posting.objects.get(person=town.region_admin)
    response = as_(client, town.region_admin).post(f"/region/posting/{posting.pk}/end/", follow=True)
    assert "last region administrator" in response.content.decode()


def test_the_calendar_is_edited_by_the_administrator(town: Town, client: Client) -> None:
    as_(client, town.region_admin)
    day = {"on": "2026-10-01", "is_working": "0", "name": "国庆节"}
    assert client.post("/region/calendar/day/", day)["Location"] == "/region/calendar/?year=2026"
    client.post("/region/calendar/day/", {"on": "2026-10-10", "is_working": "1", "name": "调休"})
    assert "国庆节" in page(client, "/region/calendar/?year=2026")
    client.post("/region/calendar/day/2026-10-01/delete/")
    assert CalendarDay.objects.get().name == "调休"
    assert client.post("/region/calendar/day/soon/delete/").status_code == 404
    assert client.post("/region/calendar/hours/", {"work_spans": "09:00-17:00"}).status_code == 302


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/region/calendar/day/", {"on": "2026-02-30", "is_working": "0"}),
        ("/region/calendar/hours/", {"work_spans": "all day"}),
        ("/region/calendar/hours/", {"work_spans": ""}),
    ],
)
def test_wrong_days_and_hours_are_said(town: Town, client: Client, path: str, data: dict[str, str]) -> None:
    assert as_(client, town.region_admin).post(path, data).status_code == 422


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


HOLIDAYS = {"calendar.csv": SOUND["calendar.csv"]}


def send(client: Client, data: bytes) -> str:
    upload = SimpleUploadedFile("region.zip", data, "application/zip")
    return client.post("/region/import/", {"archive": upload}).content.decode()


def test_an_archive_is_checked_first_and_imported_when_confirmed(
    town: Town, client: Client, home: Path
) -> None:
    as_(client, town.region_admin)
    page(client, "/region/import/")
    text = send(client, zipped(HOLIDAYS))
    assert "What importing would do" in text
    assert not CalendarDay.objects.exists()
    (kept,) = (home / "region-imports").glob("*.zip")
    response = client.post("/region/import/confirm/", {"key": kept.stem})
    assert response["Location"] == "/region/"
    assert CalendarDay.objects.count() == 2
    assert not kept.exists()


def test_rows_left_out_are_shown_after_the_import_too(town: Town, client: Client, home: Path) -> None:
    as_(client, town.region_admin)
    broken = {"calendar.csv": SOUND["calendar.csv"] + b"soon,0,x\n"}
    assert "Rows left out" in send(client, zipped(broken))
    (kept,) = (home / "region-imports").glob("*.zip")
    text = client.post("/region/import/confirm/", {"key": kept.stem}).content.decode()
    assert "What was imported" in text
    assert CalendarDay.objects.count() == 2


@pytest.mark.parametrize(
    "data", [b"no zip", zipped({"units.csv": b"code\nx\n"})], ids=["no archive", "a broken file"]
)
def test_a_broken_archive_is_refused_with_its_problems(
    town: Town, client: Client, home: Path, data: bytes
) -> None:
    assert "Nothing was imported" in send(as_(client, town.region_admin), data)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "0" * 64])
def test_an_archive_that_is_gone_must_be_sent_again(town: Town, client: Client, home: Path, key: str) -> None:
    response = as_(client, town.region_admin).post("/region/import/confirm/", {"key": key})
    assert response.status_code == 422
    assert "Upload it again" in response.content.decode()


def test_what_has_become_wrong_since_the_check_is_refused(town: Town, client: Client, home: Path) -> None:
    as_(client, town.region_admin)
    send(
        client,
        zipped({"units.csv": "code,kind,parent,division,name_zh_hans\nnew,line,zhzf,330803,新\n".encode()}),
    )
    (kept,) = (home / "region-imports").glob("*.zip")
    Unit.objects.filter(code="zhzf").update(code="renamed")
    assert client.post("/region/import/confirm/", {"key": kept.stem}).status_code == 422


def test_a_form_without_a_file_says_so(town: Town, client: Client) -> None:
    assert as_(client, town.region_admin).post("/region/import/").status_code == 422


def test_others_do_not_import(town: Town, client: Client) -> None:
    assert as_(client, town.county_leader).get("/region/import/").status_code == 403


def test_old_archives_are_cleared_away(town: Town, client: Client, home: Path) -> None:
    import os

    old = home / "region-imports" / f"{'a' * 64}.zip"
    old.parent.mkdir()
    old.write_bytes(b"x")
    os.utime(old, (0, 0))
    send(as_(client, town.region_admin), zipped(HOLIDAYS))
    assert not old.exists()


def staff(town: Town) -> Person:
    town.region_admin.is_staff = True
    town.region_admin.save()
    return town.region_admin


ADMIN_PAGES = ["division", "unit", "person", "region", "calendarday"]


@pytest.mark.parametrize("model", ADMIN_PAGES)
def test_master_data_stands_behind_its_door(town: Town, client: Client, model: str) -> None:
    path = f"/admin/region/{model}/"
    page(as_(client, town.region_admin), path, 403)
    page(as_(client, staff(town)), path)
    page(client, f"/admin/region/{model}/add/", 403)


def test_a_change_of_master_data_stands_in_the_journal(town: Town, client: Client) -> None:
    as_(client, staff(town))
    client.post(
        f"/admin/region/division/{town.county.pk}/change/",
        {"name_zh_hans": "衢江区", "name_en": "Qujiang", "source": ""},
    )
    client.post(
        f"/admin/region/unit/{town.county_department.pk}/change/",
        {"name_zh_hans": "执法局", "answers_for": "市容"},
    )
    client.post(
        f"/admin/region/person/{town.villager.pk}/change/",
        {"name": "蒋村民", "phone": "139", "is_staff": "on"},
    )
    client.post(
        f"/admin/region/region/{town.region.pk}/change/",
        {"time_zone": "Asia/Shanghai", "work_spans": "09:00-17:00"},
    )
    verbs = ["division.changed", "unit.changed", "person.changed", "region.hours_set"]
    assert list(Fact.objects.values_list("verb", flat=True)) == verbs
    assert Fact.objects.get(verb="division.changed").after_values == {"name_en": "Qujiang"}
    assert "139" not in Fact.objects.get(verb="person.changed").after


def test_calendar_days_are_changed_and_deleted_with_a_fact(town: Town, client: Client) -> None:
    as_(client, staff(town))
    day = CalendarDay.objects.create(region=town.region, on="2026-10-01", is_working=False, name="国庆")
    client.post(f"/admin/region/calendarday/{day.pk}/change/", {"name": "国庆节"})
    client.post(f"/admin/region/calendarday/{day.pk}/delete/", {"post": "yes"})
    assert list(Fact.objects.values_list("verb", flat=True)) == ["calendar.day_set", "calendar.day_deleted"]
    assert not CalendarDay.objects.exists()


def test_divisions_cannot_be_deleted(town: Town, client: Client) -> None:
    page(as_(client, staff(town)), f"/admin/region/division/{town.county.pk}/delete/", 403)
