"""Brings a case in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongqu.kernel.geometry import cell_of
from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Division
from tongqu.shared.region.queries import locate, the_region
from tongqu.systems.cases.actions.steps import attach, not_in_force, open_step, required, tell
from tongqu.systems.cases.models.answers import fault_say
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.in_force import matters_in_force
from tongqu.systems.cases.rules.answers import as_texts, check_answers
from tongqu.systems.cases.rules.kinds import Purpose, Source
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.naming import TRACKING_ALPHABET, TRACKING_LENGTH, title_of
from tongqu.systems.cases.rules.personal import masked


@dataclass(frozen=True)
class Report:
    """What somebody reports.

    The place is the point, else the position of the first photo that has one, else the named division, else unknown.
    `answers` go by the codes of the matter's questions.
    """

    text: str
    source: Source | str
    title: str = ""
    lon: float | None = None
    lat: float | None = None
    division_code: str = ""
    matter_code: str = ""
    place_text: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    evidence: Sequence[Evidence] = ()
    reporter_name: str = ""
    reporter_phone: str = ""
    idempotency_key: str = ""
    is_invented: bool = False


@acting
def report(
    *,
    text: str,
    at: datetime,
    by: Actor,
    source: Source | str,
    title: str = "",
    lon: float | None = None,
    lat: float | None = None,
    division_code: str = "",
    matter_code: str = "",
    place_text: str = "",
    answers: Mapping[str, object] | None = None,
    evidence: Iterable[Evidence] = (),
    reporter_name: str = "",
    reporter_phone: str = "",
    idempotency_key: str = "",
    is_invented: bool = False,
) -> Case:
    """Take in a report and give the duty desk of its place the duty to accept it.

    The arguments beside `at` and `by` are those of a `Report`. The same `idempotency_key` by the same actor gives the
    same case again, however often and however concurrently it is sent. `answers` go by the codes of the matter's
    questions. Raises `BadInput` for an empty text, an unknown matter or division, a wrong answer, or a point outside
    the region.
    """
    wanted = Report(
        text, source, title, lon, lat, division_code, matter_code, place_text, answers or {}, tuple(evidence),
        reporter_name, reporter_phone, idempotency_key, is_invented,
    )  # fmt: skip
    return take_in(wanted, by=by, at=at)


def take_in(wanted: Report, *, by: Actor, at: datetime) -> Case:
    """Take in one report inside an act: see `report`."""
    key = own_key(by, wanted.idempotency_key)
    if key and (known := _made_by(key)):
        return known
    case = draft(wanted, key, Lookups(at))
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        return Case.objects.get(idempotency_key=key)
    open_step(case, by=by, at=at)
    Case.objects.filter(pk=case.pk).update(duty=case.duty)
    complete(case, wanted.evidence, by=by, at=at)
    return case


class Lookups:
    """What a report asks of the region and of the matters."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.matters = matters_in_force()

    def name_matter(self, case: Case, code: str) -> None:
        """Say what the case is about; raises `BadInput`."""
        if not code:
            return
        named = self.matters.named(code, self.at)
        if named is None:
            raise BadInput([_no_such_matter(code)])
        case.matter, case.matter_version = named

    def place(self, point: tuple[float, float]) -> Division | None:
        """Return the smallest division around the point."""
        chain = locate(*point)
        return chain[-1] if chain else None

    def named_place(self, code: str) -> Division | None:
        """Return the division of the code."""
        return Division.objects.filter(code=code).first()

    @cached_property
    def root_path(self) -> str:
        """The path of the whole region."""
        return the_region().root.path


def draft(wanted: Report, key: str | None, lookups: Lookups) -> Case:
    """Return the case of a report, not saved; raises `BadInput`."""
    point = point_of(wanted.lon, wanted.lat, wanted.evidence)
    division = _division(lookups, point, wanted.division_code)
    clean = required(wanted.text, "text")
    case = Case(
        tracking_code=_tracking_code(),
        # A title stands in lists, in the journal and on maps: nobody's telephone or name belongs there.
        title=masked(wanted.title.strip() or title_of(clean))[:120],
        text=clean,
        state=State.REPORTED,
        source=Source(wanted.source),
        division=division,
        division_path=division.path if division else lookups.root_path,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        cell=cell_of(*point) if point else None,
        place_text=wanted.place_text.strip()[:200],
        reported_at=lookups.at,
        moved_at=lookups.at,
        reporter_name=wanted.reporter_name.strip()[:60],
        reporter_phone=wanted.reporter_phone.strip()[:40],
        is_invented=wanted.is_invented,
        idempotency_key=key,
    )
    lookups.name_matter(case, wanted.matter_code)
    case.answers = _answers(case, wanted.answers)
    return case


def complete(case: Case, photos: Sequence[Evidence], *, by: Actor, at: datetime) -> None:
    """Give a new case its evidence and its fact."""
    attach(case, photos, Purpose.REPORT, at=at)
    tell(case, "case.reported", by=by, at=at, after=_reported(case), evidence=photos)


def own_key(by: Actor, key: str) -> str | None:
    """Return the key under the actor's own name, so that nobody reaches another's case by guessing."""
    if len(key) > 80:
        raise BadInput(
            [Problem(_("Send a key of at most 80 characters."), code="too-long", field="idempotency_key")]
        )
    return f"{key_prefix(by)}{key}" if key else None


def key_prefix(by: Actor) -> str:
    """Return what the actor's own keys begin with."""
    return f"{by.actor_ref[:38]}:"


def _made_by(key: str) -> Case | None:
    """Return the case that an earlier report with the key made. Mostly there is none: so that costs little."""
    known = Case.objects.filter(idempotency_key=key)
    number = known.order_by().values_list("pk", flat=True).first()
    return None if number is None else known.get()


def point_of(lon: float | None, lat: float | None, photos: Sequence[Evidence]) -> tuple[float, float] | None:
    """Return the point that is named, else that of the first photo that has one; raises `BadInput` for half a point."""
    if lon is not None and lat is not None:
        return lon, lat
    if (lon is None) != (lat is None):
        raise BadInput(
            [Problem(_("Give both longitude and latitude, or neither."), code="half-a-point", field="lon")]
        )
    return next(((p.lon, p.lat) for p in photos if p.lon is not None and p.lat is not None), None)


def is_on_earth(point: tuple[float, float]) -> bool:
    """Answer whether these are degrees at all."""
    return -180 <= point[0] <= 180 and -90 <= point[1] <= 90


def _division(lookups: Lookups, point: tuple[float, float] | None, code: str) -> Division | None:
    if point is not None:
        around = lookups.place(point) if is_on_earth(point) else None
        if around is None:
            raise BadInput([Problem(_outside(), code="outside-region", field="lon")])
        return around
    if not code:
        return None
    found = lookups.named_place(code)
    if found is None:
        message = _("No division has the code “%(code)s”. Look it up in the list of divisions.") % {
            "code": code
        }
        raise BadInput([Problem(message, code="unknown-division", field="division_code")])
    return found


def _outside() -> str:
    return _(
        "This place is outside %(region)s. Move the pin into it, or tell the region that it lies in."
    ) % {"region": the_region().root.name}


def _no_such_matter(code: str) -> Problem:
    """Return why no report can be about the matter of the code."""
    if Matter.objects.filter(code=code).exists():
        return not_in_force(code, "matter_code")
    message = _("No matter has the code “%(code)s”. Look it up in the list of matters.") % {"code": code}
    return Problem(message, code="unknown-matter", field="matter_code")


def _answers(case: Case, sent: Mapping[str, object]) -> dict[str, object]:
    """Return the answers in their types. What is not answered may be asked later; what is answered must fit."""
    questions = case.terms.questions
    texts = {code: as_texts(answer) for code, answer in sent.items()}
    answers, faults = check_answers(questions, texts, demand=False)
    asked = {question.code: question for question in questions}
    problems = [
        Problem(fault_say(fault.kind, asked.get(fault.code)), code=fault.kind, field=f"answers.{fault.code}")
        for fault in faults
    ]
    if problems:
        raise BadInput(problems)
    return answers


def _tracking_code() -> str:
    return "".join(secrets.choice(TRACKING_ALPHABET) for _index in range(TRACKING_LENGTH))


def _reported(case: Case) -> dict[str, object]:
    """What the journal keeps of a report: no personal data."""
    return {
        "title": case.title,
        "source": case.source,
        "matter": case.matter.code if case.matter else "",
        "division": case.division.code if case.division else "",
        "lon": case.lon,
        "lat": case.lat,
        "has_reporter": bool(case.reporter_name or case.reporter_phone),
    }
