"""The first turn of the loop: four people take a case from the report to its closing, and the journal tells it.

The people act through the public actions; a second telling goes through the API. Photos are real files with a
place and a time, stored as evidence.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client

from conftest import Town
from tongqu.shared.access.actions.tokens import make_token
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.tests.makers import shot
from tongqu.shared.jobs.worker import run_ready
from tongqu.shared.journal.queries import verify as verify_chain
from tongqu.shared.journal.rules import SYSTEM, Actor, NamedActor
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.matters import import_matters
from tongqu.systems.cases.actions.moves import accept, close, dispatch, handle, refuse, take, verify
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.cases import story
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.lifecycle import State

SPOT = (118.3, 28.4)
RESIDENT = NamedActor("resident", "居民")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _matters(town: Town, at: datetime) -> None:
    import_matters(by=SYSTEM, at=at)


def photo_of_the_spot(at: datetime, colour: str, by: Actor) -> Evidence:
    """A photo taken at the spot at this instant, brought in at once."""
    taken = f"{at.astimezone(ZoneInfo('Asia/Shanghai')):%Y:%m:%d %H:%M:%S}"
    data = shot(*SPOT, colour=colour, taken=taken, offset="+08:00")
    return store(data, name=f"{colour}.jpg", by=by, at=at).evidence


def test_four_people_close_a_case_on_newer_evidence(town: Town, at: datetime) -> None:
    heap = photo_of_the_spot(at, "brown", RESIDENT)
    case = report(text="溪边堆满了垃圾。", source=Source.PHONE, evidence=[heap], by=RESIDENT, at=at)
    assert (case.lon, case.lat) == (pytest.approx(SPOT[0]), pytest.approx(SPOT[1]))
    assert case.division == town.township

    waste = Matter.objects.get(code="EENV01")
    case = accept(case, matter=waste, by=town.desk_officer, at=at + HOUR)
    case = dispatch(case, unit=town.county_department, by=town.desk_officer, at=at + 2 * HOUR)
    assert Evidence.objects.visible_to(town.department_officer, at + 2 * HOUR).filter(pk=heap.pk).exists()

    case = take(case, by=town.department_officer, at=at + 3 * HOUR)
    half = photo_of_the_spot(at + 4 * HOUR, "olive", town.department_officer)
    case = handle(case, text="清运了一半", evidence=[half], by=town.department_officer, at=at + 4 * HOUR)
    case = refuse(case, reason="还剩一半", by=town.inspector, at=at + 5 * HOUR)
    done = photo_of_the_spot(at + 6 * HOUR, "green", town.department_officer)
    case = handle(case, text="全部清运", evidence=[done], by=town.department_officer, at=at + 6 * HOUR)
    clean = photo_of_the_spot(at + 7 * HOUR, "white", town.inspector)
    case = verify(case, evidence=[clean], by=town.inspector, at=at + 7 * HOUR)
    case = close(case, by=town.desk_officer, at=at + 8 * HOUR)
    assert case.state == State.CLOSED

    facts = story(case)
    assert [(fact.verb, fact.actor_name) for fact in facts] == [
        ("case.reported", "居民"),
        ("case.accepted", "周值班"),
        ("case.dispatched", "周值班"),
        ("case.taken", "王执法"),
        ("case.handled", "王执法"),
        ("case.refused", "陈核查"),
        ("case.handled", "王执法"),
        ("case.verified", "陈核查"),
        ("case.closed", "周值班"),
    ]
    for earlier, later in pairwise(facts):
        assert later.before_values["state"] == earlier.after_values["state"]
    assert facts[-2].evidence_hashes == [clean.sha256]
    duties = Duty.objects.filter(subject_kind="case", subject_id=str(case.pk)).order_by("pk")
    assert [duty.kind for duty in duties] == [
        "accept",
        "dispatch",
        "handle",
        "verify",
        "handle",
        "verify",
        "close",
    ]
    assert not duties.filter(is_open=True).exists()
    assert verify_chain().broken is None


@pytest.mark.django_db(transaction=True)
def test_a_later_photo_of_the_place_verifies_by_itself(town: Town, at: datetime) -> None:
    """The matter's rule says `automatic`: the worker delivers the new photo, and the case moves on."""
    case = report(text="垃圾", source=Source.WEB, lon=SPOT[0], lat=SPOT[1], by=RESIDENT, at=at)
    waste = Matter.objects.get(code="EENV01")
    case = accept(case, matter=waste, by=town.desk_officer, at=at + HOUR)
    case = dispatch(case, unit=town.county_department, by=town.desk_officer, at=at + 2 * HOUR)
    case = take(case, by=town.department_officer, at=at + 3 * HOUR)
    own = photo_of_the_spot(at + 4 * HOUR, "olive", town.department_officer)
    case = handle(case, text="已清运", evidence=[own], by=town.department_officer, at=at + 4 * HOUR)
    photo_of_the_spot(at + 5 * HOUR, "gray", town.department_officer)
    run_ready()
    case.refresh_from_db()
    assert case.state == State.HANDLED, "a photo of the one who did the work proves nothing"
    flown = photo_of_the_spot(at + 6 * HOUR, "white", town.township_clerk)
    run_ready()
    case.refresh_from_db()
    assert case.state == State.VERIFIED
    assert story(case)[-1].actor_ref == "system"
    assert story(case)[-1].evidence_hashes == [flown.sha256]
    assert close(case, by=town.desk_officer, at=at + 7 * HOUR).state == State.CLOSED


def test_the_loop_turns_by_the_api(town: Town, at: datetime, settings: Any) -> None:
    cache.clear()
    settings.CLOCK_SPEED = 0

    def call(person: Person, path: str, body: dict[str, Any], hours: int) -> dict[str, Any]:
        settings.CLOCK_AT = at + hours * HOUR
        scopes = [TokenScope.CASES_READ, TokenScope.CASES_WRITE]
        token = make_token(person, name="故事", scopes=scopes, days=1, by=person, at=settings.CLOCK_AT).text
        headers = {"Authorization": f"Bearer {token}"}
        answer = Client().post(f"/api/v1/cases{path}", body, content_type="application/json", headers=headers)
        assert answer.status_code in (200, 201), answer.content.decode()
        found: dict[str, Any] = answer.json()
        return found

    number = call(town.villager, "", {"text": "路面有个大坑", "lon": SPOT[0], "lat": SPOT[1]}, 0)["number"]
    call(town.desk_officer, f"/{number}/accept", {"matter_code": "CTRA01"}, 1)
    call(town.desk_officer, f"/{number}/dispatch", {"unit": "zhzf-qujiang"}, 2)
    call(town.department_officer, f"/{number}/take", {}, 3)
    done = photo_of_the_spot(at + 4 * HOUR, "black", town.department_officer)
    call(town.department_officer, f"/{number}/handle", {"text": "已修补", "evidence": [done.sha256]}, 4)
    even = photo_of_the_spot(at + 5 * HOUR, "silver", town.inspector)
    call(town.inspector, f"/{number}/verify", {"evidence": [even.sha256]}, 5)
    assert call(town.desk_officer, f"/{number}/close", {}, 6)["state"] == "closed"
    assert len(story(Case.objects.get())) == 7
    assert verify_chain().broken is None
