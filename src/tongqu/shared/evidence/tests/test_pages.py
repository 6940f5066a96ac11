"""The pages show what is in sight, hand files out harmlessly, and refuse the rest."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from conftest import Town
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.importing import run_import
from tongqu.shared.evidence.actions.renditions import make_renditions
from tongqu.shared.evidence.actions.sharing import share_with
from tongqu.shared.evidence.actions.shelf import the_shelf
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.forms import FilesField
from tongqu.shared.evidence.models import Evidence, Grant, ImportBatch
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.evidence.rules.words import BatchState
from tongqu.shared.evidence.tests import makers
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def photo(town: Town) -> Evidence:
    return store(makers.shot(), name="heap.jpg", by=town.department_officer, at=now()).evidence


@pytest.fixture
def secret(town: Town) -> Evidence:
    return store(
        makers.shot(colour="red"), name="secret.jpg", by=town.department_officer, at=now(), restricted=True
    ).evidence


def file_of(evidence: Evidence, size: str) -> str:
    return reverse("evidence:file", args=[evidence.sha256, size])


def looks() -> list[tuple[str, str]]:
    facts = Fact.objects.filter(verb="evidence.viewed")
    return [(fact.actor_name, fact.after_values["what"]) for fact in facts]


@pytest.mark.parametrize("view", ["grid", "table", "map", "nonsense"])
def test_the_list_shows_what_is_in_sight(town: Town, photo: Evidence, view: str) -> None:
    address = reverse("evidence:list")
    page = signed_in(town.township_clerk).get(address, {"view": view, "kind": "photo"}).content.decode()
    assert ("heap.jpg" in page) == (view != "map")
    assert "heap.jpg" not in signed_in(town.outsider).get(address, {"view": view}).content.decode()


def test_the_list_does_not_look_at_restricted_pictures(town: Town, secret: Evidence) -> None:
    page = signed_in(town.department_head).get(reverse("evidence:list")).content.decode()
    assert "secret.jpg" in page
    assert file_of(secret, "thumb") not in page
    assert looks() == []


def test_the_list_asks_few_queries_however_long_it_is(
    town: Town, photo: Evidence, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(town.township_clerk)
    for number in range(5):
        store(
            makers.shot(taken=f"2026:09:0{number + 1} 10:00:00"),
            name="x.jpg",
            by=town.department_officer,
            at=now(),
        )
    client.get(reverse("evidence:list"))
    with django_assert_max_num_queries(24):
        client.get(reverse("evidence:list"))


def test_the_table_is_exported(town: Town, photo: Evidence) -> None:
    answer = signed_in(town.township_clerk).get(reverse("evidence:list"), {"view": "table", "export": "xlsx"})
    assert answer.content.startswith(b"PK")


def test_points_of_the_map(town: Town, photo: Evidence) -> None:
    client = signed_in(town.township_clerk)
    found = client.get(reverse("evidence:points"), {"bbox": "118,28,119,29"}).json()
    assert [feature["properties"]["title"] for feature in found["features"]] == ["heap.jpg"]
    assert (
        client.get(reverse("evidence:points"), {"since": date(2030, 1, 1).isoformat()}).json()["features"]
        == []
    )
    assert client.get(reverse("evidence:points"), {"bbox": "a,b"}).status_code == 422


def test_the_page_of_a_photo(town: Town, photo: Evidence) -> None:
    client = signed_in(town.township_clerk)
    page = client.get(reverse("evidence:detail", args=[photo.sha256])).content.decode()
    assert "28.400000, 118.300000" in page
    assert "DJI FC300S" in page
    assert photo.sha256 in page
    for part, number in (("place", 1), ("ground", 0)):
        found = client.get(reverse("evidence:ground", args=[photo.sha256, part])).json()
        assert len(found["features"]) == number


def test_the_page_of_a_document(town: Town) -> None:
    paper = store(makers.pdf(), name="约定.pdf", by=town.department_officer, at=now()).evidence
    client = signed_in(town.department_officer)
    assert client.get(reverse("evidence:detail", args=[paper.sha256])).status_code == 200
    answer = client.get(file_of(paper, "original"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%BA%A6")
    assert b"PDF" in client.get(file_of(paper, "thumb")).content


@pytest.mark.parametrize("route", ["detail", "thumb", "web", "original", "place"])
def test_what_is_out_of_sight_is_not_there(town: Town, secret: Evidence, route: str) -> None:
    address = {
        "detail": reverse("evidence:detail", args=[secret.sha256]),
        "place": reverse("evidence:ground", args=[secret.sha256, "place"]),
    }.get(route) or file_of(secret, route)
    assert signed_in(town.township_clerk).get(address).status_code == 404
    assert signed_in(town.villager).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert looks() == []


def test_every_look_at_a_restricted_one_is_journaled(town: Town, secret: Evidence) -> None:
    make_renditions(secret, at=now())
    client = signed_in(town.department_head)
    client.get(reverse("evidence:detail", args=[secret.sha256]))
    for size in ("thumb", "web", "original"):
        assert client.get(file_of(secret, size))["Cache-Control"] == "private, no-store"
    assert looks() == [("冯局长", "detail"), ("冯局长", "thumb"), ("冯局长", "web"), ("冯局长", "original")]
    page = client.get(reverse("evidence:detail", args=[secret.sha256])).content.decode()
    assert "冯局长" in page
    seen_by_officer = signed_in(town.department_officer).get(reverse("evidence:detail", args=[secret.sha256]))
    assert seen_by_officer.context["looks"] is None


def test_a_placeholder_stands_until_the_picture_is_made(town: Town, photo: Evidence) -> None:
    client = signed_in(town.township_clerk)
    drawing = client.get(file_of(photo, "thumb"))
    assert (drawing["Content-Type"], drawing["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert "sandbox" in drawing["Content-Security-Policy"]
    make_renditions(photo, at=now())
    picture = client.get(file_of(photo, "thumb"))
    assert picture["Content-Type"] == "image/jpeg"
    assert picture.content.startswith(b"\xff\xd8")


def test_files_are_served_so_that_they_cannot_run_and_need_not_be_asked_for_again(
    town: Town, photo: Evidence
) -> None:
    client = signed_in(town.township_clerk)
    answer = client.get(file_of(photo, "original"))
    assert answer.content == makers.shot()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    again = client.get(file_of(photo, "original"), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(file_of(photo, "huge")).status_code == 404


def test_a_tiff_is_downloaded(town: Town) -> None:
    tiff = store(makers.picture("TIFF"), name="a.tif", by=town.department_officer, at=now()).evidence
    answer = signed_in(town.department_officer).get(file_of(tiff, "original"))
    assert answer["Content-Disposition"] == 'attachment; filename="a.tif"'


def test_a_file_lost_from_the_store_is_not_there(town: Town, photo: Evidence) -> None:
    the_shelf().remove(original_key(photo.sha256))
    assert signed_in(town.township_clerk).get(file_of(photo, "original")).status_code == 404


def test_an_upload_is_imported_and_reported(town: Town) -> None:
    client = signed_in(town.department_officer)
    files = [
        SimpleUploadedFile("a.jpg", makers.jpeg(), "image/jpeg"),
        SimpleUploadedFile("=virus.jpg", b"MZ" + b"\0" * 99, "image/jpeg"),
    ]
    answer = client.post(reverse("evidence:import"), {"chosen": files})
    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("evidence:batch", args=[batch.pk])
    assert batch.unit == town.county_department
    running = client.get(reverse("evidence:progress", args=[batch.pk]))
    assert running.status_code == 200
    run_import(batch, clock=now)
    over = client.get(reverse("evidence:progress", args=[batch.pk]))
    assert (over.status_code, over["HX-Refresh"]) == (286, "true")
    page = client.get(reverse("evidence:batch", args=[batch.pk]), {"state": "refused"}).content.decode()
    assert "=virus.jpg" in page
    assert "a.jpg" not in page.replace("=virus.jpg", "").replace(batch.label, "")
    report = client.get(reverse("evidence:report", args=[batch.pk])).content.decode("utf-8-sig")
    rows = {row[0]: row for row in csv.reader(StringIO(report))}
    assert "'=virus.jpg" in rows, "a spreadsheet must not run it"
    assert rows["a.jpg"][3] == Evidence.objects.get().sha256
    assert "a.jpg" in client.get(reverse("evidence:import")).content.decode()
    assert signed_in(town.outsider).get(reverse("evidence:batch", args=[batch.pk])).status_code == 404


@pytest.mark.parametrize(
    ("name", "data"),
    [("x.zip", b"no zip"), ("x.zip", makers.zipped({}))],
)
def test_an_upload_of_nothing_useful_is_refused_on_the_page(town: Town, name: str, data: bytes) -> None:
    client = signed_in(town.department_officer)
    answer = client.post(reverse("evidence:import"), {"chosen": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["chosen"]
    assert not ImportBatch.objects.exists()
    assert client.post(reverse("evidence:import"), {}).status_code == 422


def test_a_flight_of_150_photos_comes_in_one_upload(town: Town) -> None:
    files = [SimpleUploadedFile(f"{number}.jpg", makers.jpeg(comment=str(number))) for number in range(150)]
    signed_in(town.department_officer).post(reverse("evidence:import"), {"chosen": files})
    assert ImportBatch.objects.get().items.count() == 150


def test_shares_by_a_system_stand_among_the_grants_of_the_keeper(town: Town, secret: Evidence) -> None:
    share_with(secret, town.other_county_department, reason="案件 7", by=town.desk_officer, at=now())
    assert "案件 7" in signed_in(town.department_head).get(reverse("evidence:grants")).content.decode()
    assert "案件 7" not in signed_in(town.township_clerk).get(reverse("evidence:grants")).content.decode()


def test_an_import_is_stopped_and_resumed_on_its_page(town: Town) -> None:
    client = signed_in(town.department_officer)
    client.post(reverse("evidence:import"), {"chosen": SimpleUploadedFile("a.jpg", makers.jpeg())})
    batch = ImportBatch.objects.get()
    client.post(reverse("evidence:stop", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == BatchState.STOPPED
    assert (
        reverse("evidence:resume", args=[batch.pk])
        in client.get(reverse("evidence:batch", args=[batch.pk])).content.decode()
    )
    client.post(reverse("evidence:resume", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == BatchState.WAITING
    assert client.get(reverse("evidence:stop", args=[batch.pk])).status_code == 405


@pytest.mark.parametrize("who", ["villager", "auditor"])
def test_who_brings_nothing_in_does_not_import(town: Town, who: str) -> None:
    assert signed_in(getattr(town, who)).get(reverse("evidence:import")).status_code == 403


def test_a_head_shares_a_photo_and_ends_it(town: Town, secret: Evidence) -> None:
    client = signed_in(town.department_head)
    address = reverse("evidence:share", args=[secret.sha256])
    client.post(
        address, {"unit": town.other_county_department.pk, "reason": "联合执法", "ends_on": "2999-01-01"}
    )
    granted = Grant.objects.get()
    assert signed_in(town.outsider).get(reverse("evidence:detail", args=[secret.sha256])).status_code == 200
    page = client.get(reverse("evidence:detail", args=[secret.sha256])).content.decode()
    assert "联合执法" in page
    assert client.get(reverse("evidence:grants")).content.decode().count("联合执法") == 1
    assert "联合执法" in signed_in(town.outsider).get(reverse("evidence:grants")).content.decode()
    client.post(reverse("evidence:end-grant", args=[granted.pk]), {"back": "detail"})
    assert signed_in(town.outsider).get(reverse("evidence:detail", args=[secret.sha256])).status_code == 404
    bad = client.post(
        address, {"unit": town.other_county_department.pk, "reason": "x", "ends_on": "2001-01-01"}
    )
    assert bad.status_code == 422
    assert bad.context["form"].errors["ends_on"]


def test_who_is_no_head_shares_nothing(town: Town, secret: Evidence) -> None:
    address = reverse("evidence:share", args=[secret.sha256])
    assert signed_in(town.department_officer).post(address).status_code == 403
    assert signed_in(town.department_officer).get(reverse("evidence:new-grant")).status_code == 403


def test_a_head_grants_by_a_rule(town: Town, secret: Evidence) -> None:
    client = signed_in(town.department_head)
    assert client.get(reverse("evidence:new-grant")).status_code == 200
    rule = {
        "from_unit": town.county_department.pk,
        "unit": town.other_county_department.pk,
        "kind": "photo",
        "division": town.county.pk,
        "taken_from": "2026-09-01",
        "taken_until": "2026-09-30",
        "reason": "联合执法",
    }
    assert (
        client.post(reverse("evidence:new-grant"), {**rule, "taken_until": "2026-08-01"}).status_code == 422
    )
    assert (
        client.post(reverse("evidence:new-grant"), {**rule, "from_unit": town.city_desk.pk}).status_code
        == 422
    )
    assert client.post(reverse("evidence:new-grant"), rule).status_code == 302
    assert signed_in(town.outsider).get(reverse("evidence:detail", args=[secret.sha256])).status_code == 200
    client.post(reverse("evidence:end-grant", args=[Grant.objects.get().pk]))
    assert Grant.objects.exclude(revoked_at=None).count() == 1


def test_the_field_for_files_says_its_limits(settings) -> None:  # type: ignore[no-untyped-def]
    field = FilesField(most=1, required=False)
    assert field.clean([]) == []
    with override("en"), pytest.raises(Exception, match="at most 1 files"):
        field.clean([SimpleUploadedFile("a", b"1"), SimpleUploadedFile("b", b"2")])
    settings.UPLOAD_LARGEST_BYTES = 1
    with override("en"), pytest.raises(Exception, match="larger than"):
        field.clean([SimpleUploadedFile("a", b"12")])
    assert "data-upload-camera" in field.widget.render("photos", None, {"id": "x"})


class TestApi:
    """The same through the API."""

    def upload(self, person: Person, data: bytes, name: str = "a.jpg", **about: str):  # type: ignore[no-untyped-def]
        file = BytesIO(data)
        file.name = name
        return signed_in(person).post("/api/v1/evidence", {"file": file, **about})

    def test_upload_once(self, town: Town) -> None:
        first = self.upload(town.department_officer, makers.shot(), restricted="true", matter="waste")
        assert first.status_code == 201
        body = first.json()
        assert (body["lon"], body["lat"]) == pytest.approx((118.3, 28.4))
        assert (body["unit"], body["division"], body["restricted"]) == ("zhzf-qujiang", "330803102", True)
        assert self.upload(town.department_officer, makers.shot()).status_code == 200
        assert self.upload(town.department_officer, makers.pdf(), "a.pdf", unit="desk").status_code == 422
        assert (
            self.upload(town.department_officer, makers.pdf(), "a.pdf", unit="zhzf-qujiang").status_code
            == 201
        )

    @pytest.mark.parametrize(("data", "name"), [(b"", "a.jpg"), (b"MZ", "a.jpg"), (b"<svg/>", "a.svg")])
    def test_a_refusal_names_its_reason(self, town: Town, data: bytes, name: str) -> None:
        answer = self.upload(town.department_officer, data, name)
        assert answer.status_code == 422
        assert answer["Content-Type"].startswith("application/problem+json")
        assert not Evidence.objects.exists()

    def test_read(self, town: Town, photo: Evidence, secret: Evidence) -> None:
        clerk, head = signed_in(town.township_clerk), signed_in(town.department_head)
        listed = clerk.get("/api/v1/evidence", {"kind": "photo", "division": "330803"}).json()
        assert [item["name"] for item in listed["items"]] == ["heap.jpg"]
        assert clerk.get("/api/v1/evidence", {"division": "9"}).status_code == 422
        near = clerk.get(
            "/api/v1/evidence/near", {"lon": 118.3, "lat": 28.4, "taken_after": "2026-01-01T00:00:00Z"}
        )
        assert [item["evidence"]["name"] for item in near.json()] == ["heap.jpg"]
        assert clerk.get(f"/api/v1/evidence/{secret.sha256}").status_code == 404
        assert head.get(f"/api/v1/evidence/{secret.sha256}").json()["name"] == "secret.jpg"
        original = head.get(f"/api/v1/evidence/{secret.sha256}/original")
        assert original.content == makers.shot(colour="red")
        assert looks() == [("冯局长", "api"), ("冯局长", "original")]

    def test_imports(self, town: Town) -> None:
        client = signed_in(town.department_officer)
        client.post(reverse("evidence:import"), {"chosen": SimpleUploadedFile("a.jpg", b"MZ")})
        batch = run_import(ImportBatch.objects.get(), clock=now)
        assert client.get("/api/v1/evidence/imports").json()["items"][0]["refused"] == 1
        assert client.get(f"/api/v1/evidence/imports/{batch.pk}").json()["state"] == "done"
        [item] = client.get(f"/api/v1/evidence/imports/{batch.pk}/items", {"state": "refused"}).json()[
            "items"
        ]
        assert (item["reason"], item["sha256"]) == ("executable", None)
        assert item["message"]
        assert signed_in(town.outsider).get(f"/api/v1/evidence/imports/{batch.pk}").status_code == 404

    def test_grants(self, town: Town, secret: Evidence) -> None:
        head = signed_in(town.department_head)
        address = "/api/v1/evidence/grants"

        def make(**body: str):  # type: ignore[no-untyped-def]
            return head.post(
                address, {"unit": "zhzf-longyou", "reason": "x", **body}, content_type="application/json"
            )

        assert make().status_code == 422
        assert make(from_unit="nowhere").status_code == 422
        assert make(from_unit="desk").status_code == 403
        assert make(evidence="0" * 64).status_code == 404
        one = make(evidence=secret.sha256)
        assert (one.status_code, one.json()["evidence"]) == (201, secret.sha256)
        ruled = make(from_unit="zhzf-qujiang", division="330803", kind="photo")
        assert (ruled.json()["division"], ruled.json()["kind"]) == ("330803", "photo")
        assert head.delete(f"{address}/{one.json()['id']}").status_code == 204
        assert head.delete(f"{address}/999999").status_code == 404
        assert signed_in(town.department_officer).delete(f"{address}/{ruled.json()['id']}").status_code == 403
