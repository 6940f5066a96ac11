"""The pages: the queue, a case and its moves, reporting without a login, following a report."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook
from PIL import Image

from conftest import Town
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.cases import case_points
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import PLACE, brought_to, matter, photo, reported

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, at: datetime) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + 8 * HOUR, 0
    cache.clear()


def signed_in(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def jpeg(name: str = "photo.jpg", place: tuple[float, float] | None = None) -> SimpleUploadedFile:
    """A small photo; with a place it carries the position in its EXIF."""
    picture = Image.new("RGB", (64, 48), (120, 160, hash(name) % 255))
    exif = Image.Exif()
    if place is not None:
        lon, lat = place
        exif[0x8825] = {1: "N", 2: (lat, 0.0, 0.0), 3: "E", 4: (lon, 0.0, 0.0)}
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=exif)
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def url(case: Case, rest: str = "") -> str:
    return f"/cases/{case.number}/{rest}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


# ── The queue ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_desk_sees_the_queue_and_what_has_no_place(town: Town, at: datetime) -> None:
    reported(at, text="有地点")
    reported(at, text="无地点", lon=None, lat=None)
    page = text(signed_in(town.desk_officer).get("/cases/"))
    assert "有地点" in page
    assert "无地点" in page
    assert "place unknown" in page


def test_nobody_sees_cases_of_another_territory(town: Town, at: datetime) -> None:
    reported(at, text="莲花镇的垃圾")
    assert "莲花镇的垃圾" not in text(signed_in(town.outsider).get("/cases/"))
    assert "莲花镇的垃圾" in text(signed_in(town.township_clerk).get("/cases/"))


def test_the_queue_is_read_leaf_by_leaf_without_gaps(town: Town, at: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr("tongqu.systems.cases.pages.queue.PAGE_SIZE", 2)
    for number in range(5):
        reported(at, text=f"垃圾{number}号")
    client, address, seen = signed_in(town.desk_officer), "/cases/", []
    for _leaf in range(3):
        answer = client.get(address)
        seen += [row.case.title for row in answer.context["rows"]]
        address = f"/cases/{answer.context['next']}"
    assert seen == [f"垃圾{number}号" for number in (4, 3, 2, 1, 0)]
    assert answer.context["next"] == ""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"group": "new"}, ["乙", "甲"]),
        ({"group": "handling"}, ["丙"]),
        ({"group": "ended"}, []),
        ({"words": "甲"}, ["甲"]),
        ({"division": "none"}, ["乙"]),
        ({"division": "330803"}, ["丙", "甲"]),
        ({"unit": "desk/zhzf/"}, ["丙"]),
        ({"matter": "EENV01"}, ["丙"]),
        ({"lamp": "red"}, ["乙", "甲"]),
        ({"source": "web"}, ["丙", "乙", "甲"]),
        ({"source": "drone"}, []),
        ({"since": "2026-09-17"}, []),
        ({"until": "2026-09-16"}, ["丙", "乙", "甲"]),
        ({"sort": "oldest"}, ["甲", "乙", "丙"]),
        ({"sort": "due"}, ["甲", "乙", "丙"]),
        ({"matter": "no such"}, ["丙", "乙", "甲"]),
    ],
)
def test_the_queue_is_narrowed(query: dict[str, str], found: list[str], town: Town, at: datetime) -> None:
    reported(at, text="甲")
    reported(at + timedelta(seconds=1), text="乙", lon=None, lat=None)
    brought_to(State.DISPATCHED, town, at + timedelta(seconds=2), text="丙")
    rows = signed_in(town.desk_officer).get("/cases/", query).context["rows"]
    assert [row.case.title for row in rows] == found


@pytest.mark.parametrize("group", ["all", "ended"])
def test_a_wide_view_shows_the_same_as_a_narrow_one(
    group: str, town: Town, at: datetime, monkeypatch: Any
) -> None:
    """On SQLite the way of asking changes with the number of cases in sight; the answer does not."""
    for number in range(3):
        brought_to(State.CLOSED, town, at + timedelta(days=number), text=f"第{number}件")
    client = signed_in(town.department_officer)
    few = client.get("/cases/", {"group": group}).context["rows"]
    monkeypatch.setattr("tongqu.systems.cases.queries.cases.WIDE", 2)
    many = client.get("/cases/", {"group": group}).context["rows"]
    assert [row.case.title for row in many] == [row.case.title for row in few] == ["第2件", "第1件", "第0件"]
    assert signed_in(town.outsider).get("/cases/", {"group": group}).context["rows"] == []


def test_a_number_or_tracking_code_finds_its_case(town: Town, at: datetime) -> None:
    case = reported(at, text="甲")
    reported(at, text="乙")
    for words in (case.number, case.tracking_code):
        rows = signed_in(town.desk_officer).get("/cases/", {"words": words}).context["rows"]
        assert [row.case.title for row in rows] == ["甲"]


def test_the_queue_leaves_as_a_workbook_without_personal_data(town: Town, at: datetime) -> None:
    reported(at, text="=cmd()", reporter_name="蒋村民", reporter_phone="13812341234")
    answer = signed_in(town.desk_officer).get("/cases/", {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    values = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert any("cmd()" in value for value in values)
    assert not any("蒋村民" in value or "13812341234" in value for value in values)


def test_the_unit_sees_what_it_owes(town: Town, at: datetime) -> None:
    brought_to(State.DISPATCHED, town, at, text="欠着")
    assert "欠着" in text(signed_in(town.department_officer).get("/cases/mine/"))
    assert "欠着" not in text(signed_in(town.township_clerk).get("/cases/mine/"))


def test_the_points_are_bounded_and_say_so(town: Town, at: datetime) -> None:
    for number in range(3):
        reported(at, text=f"垃圾{number}")
    points = signed_in(town.desk_officer).get("/cases/points.json", {"bbox": "118,28,119,29"}).json()
    assert (len(points["features"]), points["cut"]) == (3, False)
    assert case_points(town.desk_officer, at=at, limit=2)["cut"] is True
    elsewhere = signed_in(town.desk_officer).get("/cases/points.json", {"bbox": "0,0,1,1"}).json()
    assert elsewhere["features"] == []
    assert signed_in(town.desk_officer).get("/cases/points.json", {"bbox": "x"}).status_code == 422


# ── One case ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_case_out_of_sight_is_not_there(town: Town, at: datetime) -> None:
    case = reported(at)
    assert signed_in(town.outsider).get(url(case)).status_code == 404
    assert signed_in(town.desk_officer).get(f"/cases/260101-{case.pk:06d}/").status_code == 404


@pytest.mark.parametrize(
    ("state", "who", "moves"),
    [
        (State.REPORTED, "desk_officer", ["accept", "reject", "join"]),
        (State.REPORTED, "township_clerk", []),
        (State.ACCEPTED, "desk_officer", ["dispatch", "reject", "register", "split", "join"]),
        (State.DISPATCHED, "department_officer", ["take", "send_back"]),
        (State.HANDLING, "department_head", ["handle", "send_back", "ask_suspension"]),
        (State.HANDLED, "inspector", ["verify", "refuse"]),
        (State.HANDLED, "department_officer", []),
        (State.VERIFIED, "desk_officer", ["close"]),
        (State.CLOSED, "desk_officer", ["rate", "reopen"]),
        (State.CLOSED, "auditor", []),
        (State.JOINED, "desk_officer", ["separate"]),
    ],
)
def test_the_page_offers_exactly_the_moves_of_the_reader(
    state: State, who: str, moves: list[str], town: Town, at: datetime
) -> None:
    case = brought_to(state, town, at)
    answer = signed_in(getattr(town, who)).get(url(case))
    assert answer.status_code == 200
    assert [move["name"] for move in answer.context["moves"]] == moves


def test_the_desk_accepts_and_dispatches_by_forms(town: Town, at: datetime) -> None:
    matter()
    case, client = reported(at), signed_in(town.desk_officer)
    answer = client.post(url(case, "move/accept/"), {"matter": "EENV01", "expected": 1})
    assert answer.status_code == 302
    page = client.get(url(case))
    choices = dict(page.context["moves"][0]["form"].fields["unit"].choices)
    assert [code for code, _name in choices["建议单位" if "建议单位" in choices else "Suggested"]][:2] == [
        "zhzf-qujiang",
        "zhzf",
    ]
    client.post(url(case, "move/dispatch/"), {"unit": "zhzf-qujiang", "note": "请尽快", "expected": 2})
    case.refresh_from_db()
    assert (case.state, case.owner_unit) == (State.DISPATCHED, town.county_department)


def test_an_error_shows_beside_its_field(town: Town, at: datetime) -> None:
    case = reported(at)
    answer = signed_in(town.desk_officer).post(
        url(case, "move/reject/"), {"reason": "", "expected": 1}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "reject_reason_error" in text(answer)
    whole = signed_in(town.desk_officer).post(url(case, "move/reject/"), {"reason": "", "expected": 1})
    assert whole.status_code == 422


def test_a_move_on_an_old_page_says_what_the_case_is_now(town: Town, at: datetime) -> None:
    case = brought_to(State.DISPATCHED, town, at)
    client = signed_in(town.desk_officer)
    answer = client.post(
        url(case, "move/reject/"), {"reason": "晚了", "expected": 1}, headers={"HX-Request": "true"}
    )
    assert "Dispatched" in text(answer)
    case.refresh_from_db()
    assert case.state == State.DISPATCHED


def test_the_unit_handles_with_a_photo_and_the_inspector_takes_a_newer_one(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    officer = signed_in(town.department_officer)
    bad = officer.post(url(case, "move/handle/"), {"text": "已清运", "expected": case.revision})
    assert bad.status_code == 422
    done = {"text": "已清运", "expected": case.revision, "photos": [jpeg("a.jpg"), jpeg("b.jpg")]}
    assert officer.post(url(case, "move/handle/"), done).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.attachments.filter(purpose="handling").count()) == (State.HANDLED, 2)
    assert case.handled_at is not None
    newer = photo("newer", at=case.handled_at + timedelta(minutes=1))
    inspector = signed_in(town.inspector)
    assert [e.sha256 for e in inspector.get(url(case)).context["nearby"]] == [newer.sha256]
    answer = inspector.post(
        url(case, "move/verify/"),
        {"near": [newer.sha256], "expected": case.revision},
        headers={"HX-Request": "true"},
    )
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    case.refresh_from_db()
    assert case.state == State.VERIFIED
    assert (
        signed_in(town.desk_officer).post(url(case, "move/close/"), {"expected": case.revision}).status_code
        == 302
    )


def test_a_file_that_is_no_photo_is_refused_by_name(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    script = SimpleUploadedFile("photo.jpg", b"<script>alert(1)</script>", "image/jpeg")
    answer = signed_in(town.department_officer).post(
        url(case, "move/handle/"), {"text": "已清运", "expected": case.revision, "photos": [script]}
    )
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.state == State.HANDLING


def test_an_unknown_move_is_not_there(town: Town, at: datetime) -> None:
    assert signed_in(town.desk_officer).post(url(reported(at), "move/explode/")).status_code == 404


def test_every_look_at_the_reporter_is_recorded(town: Town, at: datetime) -> None:
    case = reported(at, reporter_name="蒋村民", reporter_phone="13812341234")
    client = signed_in(town.desk_officer)
    page = text(client.get(url(case)))
    assert "蒋**" in page
    assert "13812341234" not in page
    assert "13812341234" in text(client.post(url(case, "reporter/")))
    looks = Fact.objects.filter(verb="case.personal_data_viewed")
    assert [fact.actor_ref for fact in looks] == [town.desk_officer.actor_ref]
    assert "13812341234" not in "".join(fact.after + fact.note for fact in Fact.objects.all())


def test_only_desk_and_unit_see_the_reporter(town: Town, at: datetime) -> None:
    case = reported(at, reporter_name="蒋村民", reporter_phone="13812341234")
    assert signed_in(town.township_clerk).post(url(case, "reporter/")).status_code == 403
    assert not Fact.objects.filter(verb="case.personal_data_viewed").exists()


# ── Reporting and following ─────────────────────────────────────────────────────────────────────────────────


def report_by_form(client: Client | None = None, **changes: Any) -> Any:
    data = {"text": "村口有垃圾", "lon": PLACE[0], "lat": PLACE[1], "key": "", "website": ""}
    return (client or Client(headers={"Accept-Language": "en"})).post("/cases/report/", {**data, **changes})


def test_anybody_reports_and_follows_without_a_login(town: Town) -> None:
    assert Client().get("/cases/report/").status_code == 200
    answer = report_by_form(name="蒋村民", phone="138 1234 1234")
    case = Case.objects.get()
    assert answer.url == f"/cases/track/{case.tracking_code}/"
    page = text(Client().get(answer.url))
    assert case.number in page
    assert "蒋村民" not in page
    assert "村口有垃圾" not in page
    assert case.reporter_name == "蒋村民"


def test_a_phone_is_told_apart_and_a_key_holds(town: Town) -> None:
    phone = Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Mobi"})
    first, second = (report_by_form(phone, key="abc").url for _time in range(2))
    assert first == second
    assert Case.objects.get().source == "phone"


def test_the_place_comes_from_the_photo_when_there_is_no_pin(town: Town) -> None:
    report_by_form(lon="", lat="", photos=[jpeg("gps.jpg", place=(118.3, 28.5))])
    case = Case.objects.get()
    assert (round(case.lon or 0, 3), round(case.lat or 0, 3)) == (118.3, 28.5)
    assert case.attachments.filter(purpose="report").count() == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text": " "}, "This field is required"),
        ({"lon": 10, "lat": 10}, "outside"),
        ({"phone": "call me"}, "digits only"),
        ({"website": "http://spam"}, "spam"),
        ({"matter_code": "NONE"}, "Select a valid choice"),
        ({"photos": [SimpleUploadedFile("a.svg", b"<svg onload='x'/>", "image/svg+xml")]}, "SVG"),
        ({"photos": [jpeg(f"{n}.jpg") for n in range(10)]}, "at most 9"),
    ],
)
def test_a_bad_report_says_what_to_do(changes: dict[str, Any], says: str, town: Town) -> None:
    with translation.override("en"):
        answer = report_by_form(**changes)
    assert answer.status_code == 422
    assert says in text(answer)
    assert not Case.objects.exists()


def test_a_flood_of_reports_is_stopped(town: Town) -> None:
    answers = [report_by_form().status_code for _time in range(7)]
    assert answers.count(302) == 5
    assert answers[-1] == 429


@pytest.mark.django_db
def test_before_there_is_a_region_the_form_says_so() -> None:
    assert Client().get("/cases/report/").status_code == 503


def test_an_unknown_code_is_not_found(town: Town) -> None:
    assert Client().get("/cases/track/NOSUCHCODE/").status_code == 404
    assert Client().get("/cases/track/").status_code == 200
    assert Client().get("/cases/track/", {"code": "ab"}).url == "/cases/track/AB/"


def test_the_reporter_reads_why_a_report_was_turned_away(town: Town, at: datetime) -> None:
    case = reported(at)
    signed_in(town.desk_officer).post(url(case, "move/reject/"), {"reason": "已有同样的案件", "expected": 1})
    assert "已有同样的案件" in text(Client().get(f"/cases/track/{case.tracking_code}/"))


# ── Matters ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_matters_are_listed_and_narrowed(town: Town) -> None:
    matter()
    client = signed_in(town.villager)
    assert client.get("/cases/matters/").context["table"].total == 90
    few = client.get("/cases/matters/", {"words": "垃圾", "drone": "on", "verify_by": "photo"})
    assert 0 < few.context["table"].total < 10
    assert client.get("/cases/matters/", {"export": "xlsx"}).status_code == 200


def test_a_matter_says_who_answers_for_it(town: Town) -> None:
    matter()
    page = text(signed_in(town.villager).get("/cases/matters/EENV01/"))
    assert "衢江区综合执法局" in page
