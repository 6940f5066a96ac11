"""One of everything, in the township of Lianhua, made through the public actions: what the routes' arguments name.

An owner who adds a route with a new argument adds a line to `SAMPLES`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_tasks_db.models import DBTaskResult
from PIL import Image

from conftest import Town, make_person
from tongqu.kernel.periods import Period
from tongqu.shared.access.actions.sessions import note_sign_in
from tongqu.shared.access.actions.tokens import make_token
from tongqu.shared.access.models import OpenSession, Token
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.actions.importing import start_import
from tongqu.shared.evidence.actions.sharing import grant
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.models import Evidence, Grant, ImportBatch
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.matters import import_matters
from tongqu.systems.cases.actions.moves import accept, dispatch
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.actions.routing import add_entry, draft_list
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hot import HotIssue
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.routing import RoutingList
from tongqu.systems.cases.models.text_block import TextBlock
from tongqu.systems.indicators.actions.contests import define_contest, open_round
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.actions.reports import ReportOrigin, read_report
from tongqu.systems.indicators.models.contest import Contest
from tongqu.systems.indicators.models.report import StatedClaim
from tongqu.systems.indicators.rules.definition import Definition
from tongqu.systems.timeline.actions.making import make_view
from tongqu.systems.timeline.models.change import Comparison, GroundChange
from tongqu.systems.timeline.models.export import StackExport
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.tests.makers import jpeg

RESIDENT = NamedActor("resident", "居民")


@dataclass
class World:
    """The town, and one of everything in it."""

    town: Town
    staff: Person
    case: Case
    evidence: Evidence
    duty: Duty
    matter: Matter
    session: OpenSession
    token: Token
    grant: Grant
    batch: ImportBatch

    @property
    def cast(self) -> dict[str, Person | None]:
        """Return who tries every door."""
        town = self.town
        return {
            "anonymous": None,
            "villager": town.villager,
            "handler": town.department_officer,
            "unit_head": town.county_leader,
            "duty_desk": town.desk_officer,
            "inspector": town.inspector,
            "auditor": town.auditor,
            "region_admin": town.region_admin,
            "staff": self.staff,
            "outsider": town.outsider,
        }


def photo(colour: str = "olive") -> bytes:
    """Return a small JPEG."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(file, "JPEG")
    return file.getvalue()


def make_world(town: Town, at: datetime, folder: Path) -> World:
    """Make one of everything; the folder holds a photo to import."""
    (folder / "p.jpg").write_bytes(photo("navy"))
    import_matters(by=town.region_admin, at=at)
    matter = Matter.objects.order_by("code")[0]
    evidence = store(
        photo(), name="waste.jpg", by=town.township_clerk, at=at, unit=town.township_government
    ).evidence
    case = report(
        text="莲花镇河边有一堆建筑垃圾",
        by=RESIDENT,
        at=at,
        source="web",
        lon=118.3,
        lat=28.4,
        evidence=[evidence],
        reporter_name="王小明",
        reporter_phone="13800000000",
    )
    case = accept(case, matter=matter, by=town.desk_officer, at=at)
    case = dispatch(case, unit=town.county_department, by=town.desk_officer, at=at)
    clerk = town.township_clerk
    staff = make_person("staff", "范主数据", (town.city_desk, Role.REGION_ADMIN))
    staff.is_staff = staff.is_superuser = True
    staff.save()
    return World(
        town=town,
        staff=staff,
        case=case,
        evidence=evidence,
        duty=Duty.objects.filter(subject_kind="case", is_open=True).latest("pk"),
        matter=matter,
        session=note_sign_in(clerk, session_key="k" * 32, device="Phone", address="10.0.0.1", at=at),
        grant=grant(
            unit=town.county_department,
            reason="联合执法",
            by=town.county_leader,
            at=at,
            from_unit=town.township_government,
            evidence=evidence,
        ),
        batch=start_import(folder, by=clerk, at=at),
        token=make_token(clerk, name="t", scopes=[TokenScope.CASES_READ], days=9, by=clerk, at=at).token,
    )


def _draft_number(world: World) -> int:
    """A draft of a responsibility list with one entry."""
    known = RoutingList.objects.first()
    if known is None:
        desk = world.town.desk_officer
        known = draft_list(title="草案", is_empty=True, by=desk, at=world.case.reported_at)
        add_entry(known, {"division": "330800", "lead": "desk"}, by=desk, at=world.case.reported_at)
    return known.pk


def _link_mark(world: World) -> str:
    return default_token_generator.make_token(world.town.township_clerk)


def _hot_issue(world: World) -> int:
    """Return a hot issue of the township, made once."""
    at = world.case.reported_at
    values = {
        "title": "x", "division_path": world.case.division_path, "heat": 3, "told_heat": 3, "people": 3,
        "first_at": at, "last_at": at, "found_at": at, "counted_at": at,
    }  # fmt: skip
    return HotIssue.objects.get_or_create(title="x", defaults=values)[0].pk


def _photo_on_the_map(world: World, yaw_deg: int = 0) -> int:
    """Return the view of a photo of the township that says which ground it shows, made once."""
    clerk, at = world.town.township_clerk, world.case.reported_at
    data = jpeg(GpsLongitude=118.3, GpsLatitude=28.4, FlightYawDegree=yaw_deg)
    shown = store(data, name="ground.jpg", by=clerk, at=at, unit=world.town.township_government).evidence
    view = make_view(shown, at=at)
    assert view is not None
    return view.pk


def _stack_export(world: World) -> UUID:
    """Return an export of the head of the township's county, made once and not ready."""
    asked = {"lon": 118.3, "lat": 28.4, "metres_per_px": 0.1, "photos": []}
    values = {"format": "gif", "asked": asked, "asked_at": world.case.reported_at}
    return StackExport.objects.get_or_create(person=world.town.county_leader, defaults=values)[0].pk


def _ground_change(world: World) -> int:
    """Return a change between two photos of the township, made once."""
    at, views = world.case.reported_at, [_photo_on_the_map(world), _photo_on_the_map(world, 5)]
    of_pair = {"asked_at": at, "state": "done"}
    pair, _is_new = Comparison.objects.get_or_create(before_id=views[0], after_id=views[1], defaults=of_pair)
    ground = bytes(PhotoView.objects.get(pk=views[0]).footprint)
    values = {"outline": ground, "lon": 118.3, "lat": 28.4, "area_m2": 9, "score": 1}
    return GroundChange.objects.get_or_create(comparison=pair, place=1, defaults=values)[0].pk


def _indicator(world: World) -> str:
    """Return the code of an indicator, defined once."""
    definition = Definition("GDP", "地区生产总值")
    return define_indicator(definition, by=world.town.region_admin, at=world.case.reported_at).code


def _contest(world: World) -> str:
    """Return the code of a contest among the two counties, with an open round, made once."""
    admin, at = world.town.region_admin, world.case.reported_at
    _indicator(world)
    known = Contest.objects.filter(code="flag").first()
    if known is None:
        places = [world.town.county, world.town.other_county]
        add_divisions([(each.code, each.name_zh_hans, "", "") for each in places], by=admin, at=at)
        members = define_set("counties", name="x", members=[each.code for each in places], by=admin, at=at)
        terms = {"items": [{"indicator": "GDP", "weight": "10", "formula": "100 - rank"}]}
        known = define_contest("flag", name="x", division_set=members, terms=terms, by=admin, at=at)
        open_round(known, Period.parse("2024-Q1"), by=admin, at=at)
    return known.code


def _round(world: World) -> int:
    """Return the draft of the contest."""
    return Contest.objects.get(code=_contest(world)).rounds.get().pk


def _division_set(world: World) -> str:
    """Return the code of the set of divisions among which the contest is held."""
    return Contest.objects.get(code=_contest(world)).division_set.code


def _reported_division(world: World) -> str:
    """Return the code of a division that report cards are written of, made once."""
    _contest(world)
    return world.town.county.code


def _report(world: World) -> int:
    """Return a report with one claim, read once; its file is seen in the township."""
    at, clerk = world.case.reported_at, world.town.township_clerk
    text = "2021年衢州税收增长5%。".encode()
    store(text, name="r.txt", by=clerk, at=at, unit=world.town.township_government)
    return read_report(text, "r.txt", ReportOrigin("x", at), by=world.town.region_admin, at=at).report.pk


def _text_block(world: World) -> int:
    """Return a text block of the region, made once."""
    return TextBlock.objects.get_or_create(title="x", text="x", changed_at=world.case.reported_at)[0].pk


Sample = Callable[[World], Any]

SAMPLES: list[tuple[str, str, Sample]] = [
    # (the route begins with, the argument, what to put there); the first line that fits counts.
    ("admin/region/division/", "object_id", lambda w: w.town.township.pk),
    ("admin/region/unit/", "object_id", lambda w: w.town.township_government.pk),
    ("admin/region/person/", "object_id", lambda w: w.town.township_clerk.pk),
    ("admin/region/region/", "object_id", lambda w: w.town.region.pk),
    ("admin/region/calendarday/", "object_id", lambda w: 1),
    ("admin/cases/matter/", "object_id", lambda w: w.matter.pk),
    ("admin/", "app_label", lambda w: "region"),
    ("account/people/", "number", lambda w: w.town.township_clerk.pk),
    ("account/sessions/", "number", lambda w: w.session.pk),
    ("account/tokens/", "number", lambda w: w.token.pk),
    ("account/", "uid", lambda w: urlsafe_base64_encode(force_bytes(w.town.township_clerk.pk))),
    ("account/", "mark", _link_mark),
    ("api/v1/access/people", "number", lambda w: w.town.township_clerk.pk),
    ("api/v1/access/sessions", "number", lambda w: w.session.pk),
    ("api/v1/access/tokens", "number", lambda w: w.token.pk),
    ("", "sha256", lambda w: w.evidence.sha256),
    ("stac/", "collection", lambda w: "photos"),
    ("evidence/", "size", lambda w: "original"),
    ("duties/rules/", "code", lambda w: "all"),
    ("duties/", "pk", lambda w: w.duty.pk),
    ("duties/", "name", lambda w: "pause"),
    ("open311/", "form", lambda w: "json"),
    ("open-data/", "month", lambda w: "2026-08"),
    ("open-data/", "form", lambda w: "csv"),
    ("cases/filters/", "filter_number", lambda w: 1),
    ("open311/", "code", lambda w: w.matter.code),
    ("open311/", "number", lambda w: w.case.number),
    ("open311/", "token", lambda w: w.case.tracking_code),
    ("cases/hotline/", "import_number", lambda w: 1),
    ("cases/blocks/", "block_number", lambda w: _text_block(w)),
    ("cases/", "issue_number", lambda w: _hot_issue(w)),
    ("cases/routing/", "list_number", _draft_number),
    ("cases/routing/", "entry_number", lambda w: 1),
    ("cases/routing/", "name", lambda w: "submit"),
    ("cases/sensors/gateways/", "gateway_key", lambda w: "GW-1"),
    ("cases/sensors/", "act", lambda w: "show"),
    ("cases/sensors/", "key", lambda w: "GW-1"),
    ("cases/notices/", "notice_number", lambda w: 1),
    ("cases/notices/off/", "token", lambda w: "1:forged"),
    ("cases/reader/", "version_number", lambda w: 1),
    ("cases/mail/", "letter_number", lambda w: 1),
    ("cases/mail/", "act", lambda w: "again"),
    ("cases/matters/", "code", lambda w: w.matter.code),
    ("cases/matters/", "version_number", lambda w: 1),
    ("cases/", "number", lambda w: w.case.number),
    ("cases/", "code", lambda w: w.case.tracking_code),
    ("cases/", "name", lambda w: "take"),
    ("", "place", lambda w: 1),
    ("cases/", "act", lambda w: "ask_extension"),
    ("cases/track/", "word", lambda w: "rate"),
    ("", "tracking_code", lambda w: w.case.tracking_code),
    ("journal/", "fact_id", lambda w: Fact.objects.latest("seq").id),
    ("journal/", "kind", lambda w: "case"),
    ("journal/", "subject_id", lambda w: w.case.pk),
    ("operations/jobs/", "job_id", lambda w: DBTaskResult.objects.order_by("enqueued_at")[0].pk),
    ("jobs/", "job_id", lambda w: DBTaskResult.objects.order_by("enqueued_at")[0].pk),
    ("region/unit", "code", lambda w: w.town.township_government.code),
    ("region/unit", "act", lambda w: "change"),
    ("region/", "code", lambda w: w.town.township.code),
    ("region/", "level", lambda w: "township"),
    ("region/posting/", "number", lambda w: w.town.township_clerk.postings.get().pk),
    ("region/calendar/", "on", lambda w: "2026-10-01"),
    ("evidence/imports", "number", lambda w: w.batch.pk),
    ("evidence/import/", "number", lambda w: w.batch.pk),
    ("evidence/grants", "number", lambda w: w.grant.pk),
    ("evidence/", "part", lambda w: "ground"),
    ("duties/extensions/", "pk", lambda w: 1),
    ("timeline/", "view", _photo_on_the_map),
    ("timeline/", "other", _photo_on_the_map),
    ("timeline/", "zoom", lambda w: 18),
    ("timeline/", "x", lambda w: 217215),
    ("timeline/", "y", lambda w: 109488),
    ("timeline/", "export", _stack_export),
    ("timeline/", "change", _ground_change),
    ("timeline/", "when", lambda w: "after"),
    ("indicators/contests", "contest", _contest),
    ("indicators/contests", "period", lambda w: "2024-Q1"),
    ("indicators/contests", "appeal_number", lambda w: 1),
    ("indicators/contests", "number", _round),
    ("indicators/contests", "appeal", lambda w: 1),
    ("indicators/contests", "adjustment", lambda w: 1),
    ("indicators/contests", "adjustment_number", lambda w: 1),
    ("indicators/definitions", "contest", _contest),
    ("indicators/definitions", "set_code", _division_set),
    ("indicators/cards", "division", _reported_division),
    ("indicators/cards", "period", lambda w: "2024-Q1"),
    ("indicators/ten-years", "division", _reported_division),
    ("indicators/reports/", "report", _report),
    ("indicators/reports/", "claim", lambda w: StatedClaim.objects.get(report=_report(w)).pk),
    ("indicators/", "code", _indicator),
    ("indicators/sets", "set_code", lambda w: "counties"),
]


def sample_of(path: str, argument: str) -> Sample | None:
    """Return what fills the argument of the route, or None when nobody said."""
    bare = path.removeprefix("api/v1/")
    for begins, name, sample in SAMPLES:
        if name == argument and (path.startswith(begins) or bare.startswith(begins)):
            return sample
    return None
