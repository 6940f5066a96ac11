"""Open311: what is filed is one case, strangers read no words, every wrong input gets its error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Town, make_division
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.tests.makers import picture
from tongqu.shared.region.rules import Level
from tongqu.systems.cases.actions.matters import change_matter
from tongqu.systems.cases.actions.moves import reject
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.open311 import Open311Filing
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.open311 import Publicity
from tongqu.systems.cases.tests.factories import PLACE, brought_to, matter, reported
from tongqu.systems.cases.tests.open311 import QUESTIONS, URL, Caller311, key_for, tree, with_questions

IMAGE = "https://pictures.example.org/heap.jpg"
STRANGER = Caller311()


@pytest.fixture(autouse=True)
def now(settings: Any, at: datetime) -> datetime:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0
    cache.clear()
    return at


@pytest.fixture
def app(town: Town, now: datetime) -> Caller311:
    with_questions()
    return Caller311(key_for(town.villager, now))


def number_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.json()[0]["service_request_id"])


def read(caller: Caller311, number: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"requests/{number}.json").json()[0]
    return found


def test_a_filed_request_is_a_case_at_the_desk(app: Caller311, town: Town) -> None:
    fields = {
        "first_name": "小明",
        "last_name": "王",
        "phone": "13812341234",
        "email": "a@example.org",
        "media_url": IMAGE,
    }
    number = number_of(
        app.post(**fields, address_string="卫生院旁", account_id="7", **{"attribute[COUNT]": "3"})
    )
    case = Case.objects.get()
    assert (case.number, case.source, case.division, case.matter) == (
        number,
        Source.OPEN311,
        town.township,
        matter(),
    )
    assert (case.reporter_name, case.reporter_phone, case.place_text) == ("王小明", "13812341234", "卫生院旁")
    assert case.answers == {"WHISHETN": "123", "COUNT": 3.0}
    filing = Open311Filing.objects.get()
    assert (filing.email, filing.account_id, filing.media_url) == ("a@example.org", "7", IMAGE)
    desk = Client(headers={"Accept-Language": "en"})
    desk.force_login(town.desk_officer)
    page = desk.get(f"/cases/{number}/").content.decode()
    assert f'href="{IMAGE}" rel="external noopener noreferrer nofollow"' in page
    assert "<dd>Ford</dd>" in page
    assert "a@example.org" not in page
    assert "a@example.org" in desk.post(f"/cases/{number}/reporter/").content.decode()


def test_strangers_read_status_but_neither_words_nor_house(app: Caller311) -> None:
    number = number_of(
        app.post(first_name="john", phone="13812341234", address_string="蒋村民家", media_url=IMAGE)
    )
    own, seen = read(app, number), read(STRANGER, number)
    assert (own["description"], own["media_url"], own["address"]) == ("村口堆了很多垃圾。", IMAGE, "蒋村民家")
    assert (seen["status"], seen["service_code"], seen["status_notes"]) == (
        "open",
        "EENV01",
        "Your report has come in.",
    )
    assert (seen["description"], seen["media_url"], seen["address"]) == (None, None, "莲花镇")
    assert (seen["lat"], seen["long"]) == (28.4, 118.35)
    whole = STRANGER.get("requests.json").content + STRANGER.get("requests.xml").content
    assert not [word for word in ("john", "138", "蒋村民", "村口", "pictures") if word.encode() in whole]


def test_strangers_read_the_township_of_a_village_not_the_village(app: Caller311, town: Town) -> None:
    make_division("330803102201", Level.VILLAGE, "莲东村", town.township, (118.1, 28.1, 118.2, 28.2))
    number = number_of(app.post(lat="", long="", address_id="330803102201"))
    places = [(seen["address"], seen["address_id"]) for seen in (read(app, number), read(STRANGER, number))]
    assert places == [("莲东村", "330803102201"), ("莲花镇", "330803102")]


def test_another_key_reads_as_a_stranger_does(app: Caller311, town: Town, now: datetime) -> None:
    number = number_of(app.post())
    assert read(Caller311(key_for(town.outsider, now)), number)["description"] is None


@pytest.mark.parametrize(
    ("publicity", "stranger", "words"),
    [
        (Publicity.NOTHING, 404, None),
        (Publicity.STATUS, 200, None),
        (Publicity.WORDS, 200, "村口堆了很多垃圾。"),
    ],
)
def test_a_matter_says_what_is_published(
    app: Caller311, town: Town, now: datetime, publicity: Publicity, stranger: int, words: str | None
) -> None:
    change_matter(matter(), by=town.region_admin, at=now, publicity=publicity)
    number = number_of(app.post())
    answer = STRANGER.get(f"requests/{number}.json")
    assert answer.status_code == stranger
    if stranger == 200:
        assert answer.json()[0]["description"] == words
    assert read(app, number)["description"] == "村口堆了很多垃圾。"


def test_order_and_safety_is_not_published_until_somebody_says_so(app: Caller311) -> None:
    Matter.objects.filter(code="EENV01").update(track="order")
    number = number_of(app.post())
    assert STRANGER.get(f"requests/{number}.json").status_code == 404
    assert STRANGER.get("requests.json").json() == []


def test_a_case_without_a_matter_is_not_published(app: Caller311, now: datetime) -> None:
    case = reported(now)
    assert STRANGER.get(f"requests/{case.number}.json").status_code == 404


def test_only_the_filer_reads_why_a_report_was_turned_away(app: Caller311, town: Town, now: datetime) -> None:
    number = number_of(app.post())
    reject(Case.objects.get(), reason="王小明已报过", by=town.desk_officer, at=now)
    own, seen = read(app, number), read(STRANGER, number)
    assert (seen["status"], seen["status_notes"]) == ("closed", "The duty desk could not accept it.")
    assert own["status_notes"].endswith("王小明已报过")


def test_dispatched_cases_name_the_unit_and_the_day(town: Town, now: datetime) -> None:
    case = brought_to(State.DISPATCHED, town, now, matter_code=matter().code)
    seen = read(STRANGER, case.number)
    assert seen["agency_responsible"] == "衢江区综合执法局"
    assert seen["expected_datetime"].endswith("+08:00")


# The same report is one case


def test_the_same_content_within_ten_minutes_is_one_case(
    app: Caller311, settings: Any, now: datetime
) -> None:
    first = number_of(app.post())
    settings.CLOCK_AT = now + timedelta(minutes=9)
    assert number_of(app.post()) == first
    assert number_of(app.post(description="另一堆")) != first
    settings.CLOCK_AT = now + timedelta(minutes=21)
    assert number_of(app.post()) != first


def test_a_key_of_the_client_makes_one_case(app: Caller311, town: Town, now: datetime) -> None:
    header = {"Idempotency-Key": "k1"}
    first = number_of(app.post(headers=header))
    assert number_of(app.post(headers=header, description="别的话")) == first
    other = Caller311(key_for(town.outsider, now))
    assert number_of(other.post(headers=header)) != first
    assert Case.objects.count() == Open311Filing.objects.count() == 2


def test_pictures_are_checked_and_kept_as_evidence(app: Caller311) -> None:
    good = SimpleUploadedFile("heap.jpg", picture(), "image/jpeg")
    number_of(app.post(media=good))
    assert Case.objects.get().evidence.get().source == "open311"
    bad = app.post(description="二", media=SimpleUploadedFile("heap.jpg", b"MZ\x90\x00" + b"\0" * 200))
    assert bad.status_code == 400
    assert "heap.jpg" in bad.json()[0]["description"]
    assert (Case.objects.count(), Evidence.objects.count()) == (1, 1)


# Searching


def test_filters_narrow_what_is_answered(app: Caller311, town: Town, now: datetime) -> None:
    old = reported(now - timedelta(days=100), matter_code="EENV01")
    ended = brought_to(State.CLOSED, town, now - timedelta(days=20), matter_code="EENV01")
    fresh = reported(now, matter_code=matter("EENV01").code)

    def numbers(**query: Any) -> list[str]:
        return [each["service_request_id"] for each in STRANGER.get("requests.json", **query).json()]

    assert numbers() == [fresh.number, ended.number]
    assert numbers(status="closed") == [ended.number]
    assert numbers(status="open,closed", service_code="EENV01") == [fresh.number, ended.number]
    assert numbers(start_date="", end_date=f"{old.reported_at:%Y-%m-%dT%H:%M:%SZ}", status=" ") == [
        old.number
    ]
    assert numbers(start_date=f"{now:%Y-%m-%dT%H:%M:%SZ}") == [fresh.number]
    assert numbers(service_request_id=f"{old.number}, {fresh.number},260101-999999", status="nonsense") == [
        old.number,
        fresh.number,
    ]
    assert numbers(page_size=1, page=2) == [ended.number]


def test_reading_a_thousand_takes_a_few_queries(
    app: Caller311, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for each in range(12):
        reported(now, matter_code="EENV01", text=f"第{each}堆")
    STRANGER.get("services.json")
    with django_assert_max_num_queries(6):
        assert len(STRANGER.get("requests.json").json()) == 12


# Services


def test_languages_by_header_and_by_parameter(app: Caller311) -> None:
    def description(**query: str) -> str:
        return str(STRANGER.get("services/EENV01.json", **query).json()["attributes"][0]["description"])

    assert description() == QUESTIONS[0]["text"]["en"]  # type: ignore[index]
    assert description(locale="zh_Hant") == "車牌？"
    assert description(locale="zh-CN") == "车牌？"
    assert description(locale="xx") == QUESTIONS[0]["text"]["en"]  # type: ignore[index]
    chinese = Caller311(language="zh-hant").get("services/EENV01.xml")
    assert tree(chinese).findtext("attributes/attribute/description") == "車牌？"
    assert chinese.headers["Content-Type"] == "text/xml; charset=utf-8"


def test_every_matter_in_use_is_a_service_in_both_formats(app: Caller311) -> None:
    Matter.objects.filter(code="EENV02").update(is_active=False)
    listed = STRANGER.get("services.json").json()
    assert [each["service_code"] for each in listed] == [
        each.findtext("service_code") for each in tree(STRANGER.get("services.xml"))
    ]
    assert len(listed) == Matter.objects.filter(is_active=True).count()
    assert next(e for e in listed if e["service_code"] == "EENV01")["metadata"] is True


# Whoever is wrong is told


Act = Callable[[Caller311], Any]
WRONG: list[tuple[str, Act, int, str]] = [
    ("no key", lambda c: Caller311().post(), 403, "api_key: missing"),
    ("an unknown key", lambda c: Caller311("tq_wrong").post(), 403, "api_key: unknown"),
    ("an unknown key, reading", lambda c: Caller311("tq_wrong").get("requests.json"), 403, "api_key: unknown"),
    ("another city", lambda c: c.post(jurisdiction_id="city.gov"), 404, "jurisdiction_id: “city.gov” was not found"),
    ("another city, reading", lambda c: c.get("services.json", jurisdiction_id="x"), 404, "jurisdiction_id"),
    ("no service", lambda c: c.post(service_code=""), 400, "service_code: missing"),
    ("an unknown service", lambda c: c.post(service_code="NONE"), 404, "service_code: “NONE”"),
    ("the definition of none", lambda c: c.get("services/NONE.json"), 404, "service_code: “NONE”"),
    ("no place", lambda c: c.post(lat="", long=""), 400, "lat: Say where it is"),
    ("half a place", lambda c: c.post(long=""), 400, "long: Send both"),
    ("no number", lambda c: c.post(lat="north"), 400, "lat: Write degrees"),
    ("not a number", lambda c: c.post(lat="nan"), 400, "lat: Write degrees"),
    ("beyond the pole", lambda c: c.post(lat="91"), 400, "lat: Write degrees"),
    ("outside the region", lambda c: c.post(lat="37.7", long="-122.4"), 400, "long: This place is outside"),
    ("an unknown address_id", lambda c: c.post(lat="", long="", address_id="1"), 400, "address_id: No division"),
    ("a missing attribute", lambda c: c.post(**{"attribute[WHISHETN]": ""}), 400, "attribute[WHISHETN]: This attribute is required"),
    ("a wrong key of a list", lambda c: c.post(**{"attribute[WHISHETN]": "9"}), 400, "attribute[WHISHETN]: Send one of"),
    ("an unknown attribute", lambda c: c.post(**{"attribute[X]": "9"}), 400, "attribute[X]: This service has no"),
    ("a broken attribute", lambda c: c.post(attribute="9"), 400, "attribute: Write attributes as"),
    ("too many words", lambda c: c.post(description="长" * 4001), 400, "description: At most 4000"),
    ("a script as a picture", lambda c: c.post(media_url="javascript:alert(1)"), 400, "media_url: Send an address"),
    ("a file as a picture", lambda c: c.post(media_url="file:///etc/passwd"), 400, "media_url: Send an address"),
    ("a wrong address", lambda c: c.post(email="nobody"), 400, "email: Write an address"),
    ("a wrong number", lambda c: c.post(phone="call me"), 400, "phone: Write the number"),
    ("NUL", lambda c: c.post(description="a\0b"), 400, "description: Leave out the character NUL"),
    ("a key too long", lambda c: c.post(headers={"Idempotency-Key": "k" * 90}), 400, "idempotency_key: Send a key"),
    ("two wrong fields", lambda c: c.post(email="x", phone="y"), 400, "email: Write an address"),
    ("a body that is no form", lambda c: c.client.post(f"{URL}/requests.json", b"--x", content_type="multipart/form-data; boundary=y"), 403, "api_key: missing"),
    ("a multipart without boundary", lambda c: c.client.post(f"{URL}/requests.json", b"x", content_type="multipart/form-data"), 400, "The form cannot be read"),
    ("too large a form", lambda c: c.client.post(f"{URL}/requests.json", b"a=" + b"x" * 3_000_000, content_type="application/x-www-form-urlencoded"), 400, "The form is too large"),
    ("an unknown request", lambda c: c.get("requests/260101-999999.json"), 404, "service_request_id"),
    ("a strange request", lambda c: c.get("requests/' or 1=1.json"), 404, "service_request_id"),
    ("a huge request", lambda c: c.get(f"requests/260101-{'9' * 30}.json"), 404, "service_request_id"),
    ("an unknown token", lambda c: c.get("tokens/NONE.json"), 404, "token: “NONE”"),
    ("no status", lambda c: c.get("requests.json", status="done"), 400, "status: write open or closed"),
    ("no date", lambda c: c.get("requests.json", start_date="yesterday"), 400, "start_date: write an instant"),
    ("a date without a zone", lambda c: c.get("requests.json", end_date="2026-09-01T00:00:00"), 400, "end_date: write an instant"),
    ("over 90 days", lambda c: c.get("requests.json", start_date="2026-01-01T00:00:00Z", end_date="2026-09-01T00:00:00Z"), 400, "the span must be 0 to 90 days"),
    ("an unknown service, reading", lambda c: c.get("requests.json", service_code="EENV01,NONE"), 404, "service_code: “NONE”"),
    ("no page", lambda c: c.get("requests.json", page_size="1001"), 400, "page, page_size"),
    ("no such format", lambda c: c.get("services.yaml"), 404, "There is no format “yaml”"),
    ("a method not taken", lambda c: c.client.delete(f"{URL}/requests.json"), 405, "DELETE"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("act", "status", "says"), [each[1:] for each in WRONG], ids=[each[0] for each in WRONG]
)
def test_wrong_calls_are_answered_in_the_form_of_the_standard(
    app: Caller311, act: Act, status: int, says: str
) -> None:
    answer = act(app)
    assert answer.status_code == status, answer.content.decode()
    if answer.headers["Content-Type"].startswith("text/xml"):
        descriptions = [error.findtext("description") for error in tree(answer)]
    else:
        assert {error["code"] for error in answer.json()} == {status}
        descriptions = [error["description"] for error in answer.json()]
    assert any(says in (each or "") for each in descriptions), descriptions
    assert not Case.objects.exists()
    assert not Evidence.objects.exists()


def test_a_key_without_the_scope_files_nothing(app: Caller311, town: Town, now: datetime) -> None:
    answer = Caller311(key_for(town.villager, now, TokenScope.DUTIES_READ)).post("requests.xml")
    assert answer.status_code == 403
    assert "cases:write" in (tree(answer).findtext("error/description") or "")


def test_a_signed_in_browser_without_a_key_files_nothing(app: Caller311, town: Town) -> None:
    browser = Caller311()
    browser.client.force_login(town.desk_officer)
    assert browser.post().status_code == 403


def test_callers_are_counted(app: Caller311, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE_ANONYMOUS = 2
    answers = [STRANGER.get("services.json") for _time in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert app.get("services.json").status_code == 200


def test_characters_that_xml_cannot_hold_are_left_out(app: Caller311) -> None:
    number = number_of(app.post(description="甲\x0b<b>乙</b>&\ufffe丙"))
    answer = app.get(f"requests/{number}.xml")
    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<service_requests>')
    assert tree(answer).findtext("request/description") == "甲<b>乙</b>&丙"


def test_a_place_may_be_only_words_or_a_division(app: Caller311, town: Town) -> None:
    number_of(app.post(lat="", long="", address_string="A3区路口"))
    number_of(app.post(lat="", long="", address_id="330803102", **{"attribute[MANY][]": ["123", "124"]}))
    words, division = Case.objects.order_by("pk")
    assert (words.division, division.division) == (None, town.township)
    assert division.answers["MANY"] == ["123", "124"]
    assert PLACE[0] not in (words.lon, division.lon)
