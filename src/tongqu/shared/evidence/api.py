"""The evidence routes of the API."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.api_frame import Page, Paging, paged, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope, held_by
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.sharing import GRANTING_ROLES, grant, revoke
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.shared.evidence.models import Evidence, Grant, ImportBatch
from tongqu.shared.evidence.queries.finding import Filters, evidence_list, near, visible
from tongqu.shared.evidence.queries.imports import imports_of, items_of, reason_of, tally
from tongqu.shared.evidence.queries.store import the_store
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.evidence.rules.words import BatchState, ItemState, Kind, TimeBasis
from tongqu.shared.region.models import Division, Person, Unit

router = Router(tags=["evidence"])
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class EvidenceOut(Schema):
    """A photo or document."""

    sha256: str = Field(..., description="SHA-256 of its bytes; its identity.", examples=[_SHA])
    kind: Kind = Field(..., examples=["photo"])
    media_type: str = Field(..., examples=["image/jpeg"])
    size_bytes: int = Field(..., examples=[4812345])
    name: str = Field(..., examples=["DJI_0018.JPG"])
    width: int | None = Field(None, examples=[4000])
    height: int | None = Field(None, examples=[2250])
    taken_at: datetime | None = Field(None, examples=["2026-09-16T02:00:00Z"])
    time_basis: TimeBasis | None = Field(
        None, description="How the zone of the time was found.", examples=["offset"]
    )
    lon: float | None = Field(None, description="WGS-84 degrees.", examples=[118.8726])
    lat: float | None = Field(None, description="WGS-84 degrees.", examples=[28.9417])
    height_ground_m: float | None = Field(None, description="Above the place of take-off.", examples=[39.8])
    height_sea_m: float | None = Field(None, examples=[198.3])
    gimbal_yaw_deg: float | None = Field(None, examples=[45.0])
    gimbal_pitch_deg: float | None = Field(None, description="-90 is straight down.", examples=[-89.9])
    gimbal_roll_deg: float | None = Field(None, examples=[0.0])
    flight_yaw_deg: float | None = Field(None, examples=[46.0])
    focal_35mm: float | None = Field(None, examples=[20.0])
    camera: str = Field("", examples=["DJI FC300S"])
    source: str = Field(..., examples=["upload"])
    division: str | None = Field(
        None, description="Code of the smallest division it lies in.", examples=["330803102"]
    )
    unit: str | None = Field(
        None, description="Code of the unit that brought it in.", examples=["zhzf-qujiang"]
    )
    matter: str = Field("", description="Code of the matter it was brought in for.", examples=[""])
    restricted: bool = Field(..., examples=[False])
    is_invented: bool = Field(..., description="Made for a demonstration.", examples=[False])
    stored_at: datetime = Field(..., examples=["2026-09-16T02:05:00Z"])


class NearOut(Schema):
    """Evidence near a point."""

    distance_m: float = Field(..., examples=[12.4])
    evidence: EvidenceOut


class ImportOut(Schema):
    """An import and how far it is."""

    id: int = Field(..., examples=[3])
    label: str = Field(..., examples=["flight-0916.zip"])
    state: BatchState = Field(..., examples=["running"])
    problem: str = Field("", description="Why it stopped.", examples=[""])
    new: int = Field(..., examples=[118])
    known: int = Field(..., examples=[2])
    refused: int = Field(..., examples=[1])
    waiting: int = Field(..., examples=[300])
    started_at: datetime = Field(..., examples=["2026-09-16T02:05:00Z"])
    finished_at: datetime | None = None


class ImportItemOut(Schema):
    """What became of one file."""

    name: str = Field(..., examples=["flight/DJI_0018.JPG"])
    state: ItemState = Field(..., examples=["refused"])
    reason: str = Field(
        "", description="Code of the reason why it was refused.", examples=["too-many-pixels"]
    )
    message: str = Field("", description="The reason in words.")
    sha256: str | None = Field(None, examples=[_SHA])


class GrantOut(Schema):
    """A unit that may see evidence."""

    id: int = Field(..., examples=[5])
    unit: str = Field(..., description="Code of the unit that may see it.", examples=["zhzf-longyou"])
    from_unit: str | None = Field(
        None, description="Code of the unit whose evidence it is.", examples=["zhzf-qujiang"]
    )
    evidence: str | None = Field(None, description="SHA-256, when it covers one piece.", examples=[None])
    kind: Kind | None = Field(None, examples=["photo"])
    division: str | None = Field(None, examples=["330803"])
    matter: str = Field("", examples=["waste"])
    taken_from: datetime | None = None
    taken_until: datetime | None = None
    ends_at: datetime | None = None
    reason: str = Field(..., examples=["Joint enforcement"])


class GrantIn(Schema):
    """Whom to let see what: one piece of evidence, or all of a unit's that the rule covers."""

    unit: str = Field(
        ..., max_length=40, description="Code of the unit that may see it.", examples=["zhzf-longyou"]
    )
    reason: str = Field(..., max_length=200, examples=["Joint enforcement"])
    evidence: str | None = Field(None, max_length=64, description="SHA-256 of one piece.", examples=[None])
    from_unit: str | None = Field(
        None, max_length=40, description="Whose evidence; needed for a rule.", examples=["zhzf-qujiang"]
    )
    kind: Kind | None = Field(None, examples=["photo"])
    division: str | None = Field(None, max_length=15, examples=["330803"])
    matter: str = Field("", max_length=20, examples=[""])
    taken_from: datetime | None = None
    taken_until: datetime | None = None
    ends_at: datetime | None = None


class EvidenceFilter(Schema):
    """What the list is narrowed to."""

    kind: Kind | None = None
    source: str = Field("", max_length=40)
    division: str = Field("", max_length=15, description="Code of a division; everything in it counts.")
    since: date | None = Field(None, description="First local day on which it was taken.")
    until: date | None = Field(None, description="Last local day on which it was taken.")
    has_place: bool | None = None
    camera: str = Field("", max_length=100)


class Around(Schema):
    """Where to look."""

    lon: float = Field(..., ge=-180, le=180, examples=[118.8726])
    lat: float = Field(..., ge=-90, le=90, examples=[28.9417])
    radius_m: float = Field(100, gt=0, le=5000)
    taken_after: datetime | None = Field(None, description="Only what was taken after this instant.")


class UploadAbout(Schema):
    """What is said with an upload."""

    restricted: bool = Field(False, description="Only for the unit, those above it, and by grant.")
    unit: str = Field(
        "", max_length=40, description="Code of the unit that brings it in; by default your first."
    )
    matter: str = Field("", max_length=20, description="Code of the matter it is brought in for.")


@router.post("", response={201: EvidenceOut, 200: EvidenceOut}, summary="Store a photo or document")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_WRITE)
def upload(request: HttpRequest, file: File[UploadedFile], about: Form[UploadAbout]) -> Status[EvidenceOut]:
    """Store one file. 201 when it is new, 200 when the same bytes are known already; 422 names why it is refused."""
    person = person_of(request)
    stored = store(
        file,
        name=file.name or "",
        by=person,
        at=now(),
        source="api",
        restricted=about.restricted,
        unit=_own_unit(person, about.unit) if about.unit else None,
        matter_code=about.matter,
    )
    return Status(201 if stored.is_new else 200, evidence_out(stored.evidence))


@router.get("", response=Page[EvidenceOut], summary="List evidence, newest first")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def evidence(request: HttpRequest, paging: Query[Paging], chosen: Query[EvidenceFilter]) -> Page[EvidenceOut]:
    """Return the evidence in your sight."""
    filters = Filters(
        kind=chosen.kind or "",
        source=chosen.source,
        division=_division(chosen.division, "query.division") if chosen.division else None,
        since_on=chosen.since,
        until_on=chosen.until,
        has_place=chosen.has_place,
        camera=chosen.camera,
    )
    rows = evidence_list(person_of(request), now(), filters)
    return paged(rows, paging, by=("-stored_at", "-id"), show=evidence_out)


@router.get("/near", response=list[NearOut], summary="Evidence near a point, nearest first")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def evidence_near(request: HttpRequest, around: Query[Around]) -> list[NearOut]:
    """Return at most 200 pieces in your sight within the radius."""
    rows = visible(person_of(request), now()).select_related("division", "unit")
    if around.taken_after is not None:
        rows = rows.filter(taken_at__gt=around.taken_after)
    found = near(rows, around.lon, around.lat, around.radius_m)[:200]
    return [NearOut(distance_m=round(n.distance_m, 2), evidence=evidence_out(n.evidence)) for n in found]


@router.get("/imports", response=Page[ImportOut], summary="List imports, newest first")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def imports(request: HttpRequest, paging: Query[Paging]) -> Page[ImportOut]:
    """Return the imports that you or a unit in your sight started."""
    return paged(imports_of(person_of(request)), paging, by=("-started_at", "-id"), show=_import_out)


@router.get("/imports/{number}", response=ImportOut, summary="One import and how far it is")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def one_import(request: HttpRequest, number: int) -> ImportOut:
    """Return the counts of an import."""
    return _import_out(_batch(request, number))


@router.get("/imports/{number}/items", response=Page[ImportItemOut], summary="What became of each file")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def import_items(
    request: HttpRequest, number: int, paging: Query[Paging], state: ItemState | None = None
) -> Page[ImportItemOut]:
    """Return the files of an import, all or those of one result."""
    rows = items_of(_batch(request, number), state)
    return paged(
        rows,
        paging,
        by=("id",),
        show=lambda item: ImportItemOut(
            name=item.name,
            state=ItemState(item.state),
            reason=item.reason,
            message=reason_of(item),
            sha256=item.evidence.sha256 if item.evidence else None,
        ),
    )


@router.post("/grants", response={201: GrantOut}, summary="Let a unit see evidence")
@door(held_by(*GRANTING_ROLES))
@scope(TokenScope.EVIDENCE_WRITE)
def make_grant(request: HttpRequest, wanted: GrantIn) -> Status[GrantOut]:
    """Grant the sight of one piece of evidence, or of all of a unit's that the rule covers."""
    person, at = person_of(request), now()
    if (wanted.evidence is None) == (wanted.from_unit is None):
        message = _("Name either one piece of evidence, or the unit whose evidence it is.")
        raise BadInput([Problem(message, "grant-of-what", field="body.evidence")])
    made = grant(
        unit=_unit(wanted.unit, "body.unit"),
        reason=wanted.reason,
        by=person,
        at=at,
        evidence=_evidence(person, wanted.evidence, at) if wanted.evidence else None,
        from_unit=_unit(wanted.from_unit, "body.from_unit") if wanted.from_unit else None,
        kind=wanted.kind,
        division=_division(wanted.division, "body.division") if wanted.division else None,
        matter_code=wanted.matter,
        taken_from=wanted.taken_from,
        taken_until=wanted.taken_until,
        ends_at=wanted.ends_at,
    )
    return Status(201, _grant_out(made))


@router.delete("/grants/{number}", response={204: None}, summary="End a grant")
@door(held_by(*GRANTING_ROLES))
@scope(TokenScope.EVIDENCE_WRITE)
def end_grant(request: HttpRequest, number: int) -> Status[None]:
    """End a grant that you could have given; ended again, nothing changes."""
    found = Grant.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    revoke(found, by=person_of(request), at=now())
    return Status(204, None)


@router.get("/{sha256}", response=EvidenceOut, summary="One piece of evidence")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def one(request: HttpRequest, sha256: str) -> EvidenceOut:
    """Return what is known of it; a look at a restricted one is journaled."""
    person, at = person_of(request), now()
    found = _evidence(person, sha256, at)
    record_view(found, by=person, at=at, what="api")
    return evidence_out(found)


@router.get("/{sha256}/original", summary="The file itself")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def original(request: HttpRequest, sha256: str) -> HttpResponse:
    """Return the bytes as an attachment; a look at restricted ones is journaled."""
    person, at = person_of(request), now()
    found = _evidence(person, sha256, at)
    record_view(found, by=person, at=at, what="original")
    answer = HttpResponse(the_store().read(original_key(sha256)), content_type=found.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def evidence_out(row: Evidence) -> EvidenceOut:
    """Return a piece of evidence as the API shows it."""
    same = {name: getattr(row, name) for name in EvidenceOut.model_fields if hasattr(row, name)}
    return EvidenceOut(
        **{
            **same,
            "time_basis": row.time_basis or None,
            "division": row.division.code if row.division else None,
            "unit": row.unit.code if row.unit else None,
            "matter": row.matter_code,
        }
    )


def _import_out(batch: ImportBatch) -> ImportOut:
    return ImportOut(
        id=batch.pk,
        label=batch.label,
        state=BatchState(batch.state),
        problem=batch.problem,
        started_at=batch.started_at,
        finished_at=batch.finished_at,
        **tally(batch).as_dict(),
    )


def _grant_out(row: Grant) -> GrantOut:
    return GrantOut(
        id=row.pk,
        unit=row.unit.code,
        from_unit=row.from_unit.code if row.from_unit else None,
        evidence=row.evidence.sha256 if row.evidence else None,
        kind=Kind(row.kind) if row.kind else None,
        division=row.division.code if row.division else None,
        matter=row.matter_code,
        taken_from=row.taken_from,
        taken_until=row.taken_until,
        ends_at=row.ends_at,
        reason=row.reason,
    )


def _evidence(person: Person, sha256: str, at: datetime) -> Evidence:
    found = visible(person, at).select_related("division", "unit").filter(sha256=sha256).first()
    if found is None:
        raise Http404
    return found


def _batch(request: HttpRequest, number: int) -> ImportBatch:
    found = imports_of(person_of(request)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _unit(code: str, field: str) -> Unit:
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise BadInput([Problem(_("There is no such unit. Check the code."), "unknown-unit", field=field)])
    return found


def _own_unit(person: Person, code: str) -> Unit:
    """Return a unit for which the person acts."""
    found = next((unit for unit in person.units_as() if unit.code == code), None)
    if found is None:
        message = _("You are not posted to this unit. Name one of yours, or leave it out.")
        raise BadInput([Problem(message, "foreign-unit", field="form.unit")])
    return found


def _division(code: str, field: str) -> Division:
    found = Division.objects.filter(code=code).first()
    if found is None:
        raise BadInput(
            [Problem(_("There is no such division. Check the code."), "unknown-division", field=field)]
        )
    return found
