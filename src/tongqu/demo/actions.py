"""Builds the demo region through the public actions: once, and on from where it was interrupted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tongqu.demo.figures.telling import tell_figures
from tongqu.demo.logins import demo_password, demo_people
from tongqu.demo.story.cast import Cast
from tongqu.demo.story.perform import Stage, Told, perform
from tongqu.demo.story.plan import Span, World, plan
from tongqu.demo.story.working import Pace
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.actions.people import change_password
from tongqu.shared.duties.actions.league import count_closed
from tongqu.shared.evidence.actions.renditions import make_renditions
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM, Subject
from tongqu.shared.region.actions.importing import import_region
from tongqu.shared.region.models import Person, Region, Unit
from tongqu.shared.region.queries import work_calendar
from tongqu.systems.cases.actions.matters import import_matters
from tongqu.systems.cases.actions.routing import approve, draft_list, replace_entries, submit
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.routing import RoutingList
from tongqu.systems.cases.queries.routing_reading import read_list

FOLDER = Path(__file__).resolve().parent / "data" / "quzhou"
WEEKS = timedelta(weeks=8)
CASES = 360
CASES_A_DAY = 7
SHOWN_FIRST = 24
SEED = 20260916
DEMO = Subject("demo", "quzhou")
LIST_TITLE = "衢州市事件处置责任清单（演示）"
LIST_REASON = "按条块职责编制：县（市、区）部门牵头，已下放的事项由乡镇（街道）牵头。虚构数据，仅供演示。"


class NotADemo(Exception):
    """There is a real region here, or data that is not invented; the demo keeps away from it."""

    def __init__(self) -> None:
        super().__init__(
            "A region that is not invented is set up here. The demo is loaded only into an empty installation: "
            "set TONGQU_HOME (and TONGQU_DATABASE_URL) to another place, or run without the demo."
        )


class NothingLoaded(Exception):
    """The demo region is not loaded."""

    def __init__(self) -> None:
        super().__init__("The demo region is not loaded yet. Load it first: `tongqu demo load`.")


@dataclass(frozen=True)
class Loaded:
    """What a run of the loader did."""

    is_new: bool
    steps: int = 0
    photos: int = 0


def load(
    *,
    at: datetime,
    tell: Told,
    cases: int = CASES,
    seed: int = SEED,
    photos: Path | None = None,
    press: Path | None = None,
    processes: int | None = None,
) -> Loaded:
    """Build the demo region as it stands at `at`; does nothing when it is there already.

    `photos` and `press` are folders of real photos, and of the press texts whose figures are recorded.

    An interrupted run is taken up where it stopped, with the instant, number and seed it was begun with. Raises
    `NotADemo` where another region is set up.
    """
    _keep_away_from_real_regions()
    if is_loaded():
        return Loaded(is_new=False, photos=import_photos(photos, at=at) if photos else 0)
    span = _begun(Span("demo", seed, at - WEEKS, at, cases))
    _set_up(span.since, press)
    real = import_photos(photos, at=span.since) if photos else 0
    done = _live(span, tell=tell, processes=processes)
    _note("demo.loaded", at=span.until, cases=span.cases)
    return Loaded(is_new=True, steps=done, photos=real)


def is_loaded() -> bool:
    """Answer whether the demo region stands complete."""
    return _noted("demo.loaded") is not None


def live_a_day(*, at: datetime, tell: Told, processes: int | None = None) -> Loaded:
    """Let new cases come up from the end of what was lived through until `at`, at most a week; once a day."""
    _keep_away_from_real_regions()
    if not is_loaded():
        raise NothingLoaded
    last = _latest()
    if at - last.until < timedelta(hours=20):
        return Loaded(is_new=False)
    since = max(last.until, at - timedelta(days=7))
    count = max(1, round(CASES_A_DAY * (at - since) / timedelta(days=1)))
    key = f"demo-{at:%Y%m%d}"
    span = Span(key, last.seed + at.toordinal(), since, at, count, waiting=0.0)
    _note_span("demo.day_begun", span)
    return Loaded(is_new=True, steps=_live(span, tell=tell, processes=processes))


def import_photos(folder: Path, *, at: datetime) -> int:
    """Bring the real photos of a folder in as evidence, with the positions they carry; return how many were new.

    They are not of the demo region and not marked as invented: they show what true metadata looks like, and lie where
    they were taken.
    """
    by = Person.objects.filter(is_invented=True, postings__role="region_admin").order_by("pk").first()
    new = 0
    for path in _pictures(folder):
        try:
            new += store(path, name=path.name, by=by or SYSTEM, at=at, source="import").is_new
        except BadInput:
            continue
    return new


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg"))


def _keep_away_from_real_regions() -> None:
    if Region.objects.filter(is_invented=False).exists():
        raise NotADemo
    if not Region.objects.exists() and Person.objects.filter(is_invented=False).exists():
        raise NotADemo


def _set_up(at: datetime, press: Path | None) -> None:
    """Import region, matters and figures, and give the demo people their password; each does nothing the second time."""
    report = import_region(FOLDER, by=SYSTEM, at=at)
    if report.problems:
        raise BadInput(report.problems)
    import_matters(by=SYSTEM, at=at)
    _divide_the_work(at)
    tell_figures(press, at=at)
    password = demo_password()
    for login in demo_people():
        if not login.person.has_usable_password():
            change_password(login.person, password, by=SYSTEM, at=at)


@acting
def _divide_the_work(at: datetime) -> None:
    """Put the responsibility list of the demo in force: drafted by the desk, approved by the administrator."""
    if RoutingList.objects.exists():
        return
    desk, admin = (Person.objects.get(username=name) for name in ("desk", "admin"))
    file = FOLDER / "routing.csv"
    read = read_list(file.read_bytes(), file.name)
    if read.problems:
        raise BadInput(read.problems)
    draft = draft_list(title=LIST_TITLE, reason=LIST_REASON, is_empty=True, by=desk, at=at)
    draft = submit(replace_entries(draft, read.entries, by=desk, at=at, file=file.name), by=desk, at=at)
    approve(draft, in_force_from=at, by=admin, at=at)


def _live(span: Span, *, tell: Told, processes: int | None) -> int:
    """Plan the span and perform what is not performed yet."""
    cast, matters = Cast(), {matter.code: matter for matter in Matter.objects.all()}
    steps = plan(span, World(cast, Pace(work_calendar()), matters))
    stage = Stage(span.key, cast, matters, {unit.code: unit for unit in Unit.objects.all()})
    done = perform(steps, stage, tell=tell, processes=processes)
    while count_closed(at=span.until):
        continue
    _develop_newest(at=span.until)
    return done


def _develop_newest(*, at: datetime) -> None:
    """Make the smaller pictures of what the cockpit shows first; the worker makes the rest."""
    for photo in Evidence.objects.filter(kind="photo", is_invented=True).order_by("-taken_at")[:SHOWN_FIRST]:
        make_renditions(photo, at=at)


def _begun(wanted: Span) -> Span:
    """Return the span that was begun earlier, or note the wanted one as begun."""
    earlier = _noted("demo.begun")
    if earlier is not None:
        return _span_of(earlier)
    _note_span("demo.begun", wanted)
    return wanted


def _latest() -> Span:
    """Return the span that was begun last."""
    fact = Fact.objects.filter(
        subject_kind=DEMO.kind, subject_id=DEMO.id, verb__in=["demo.begun", "demo.day_begun"]
    ).latest("seq")
    return _span_of(fact)


def _noted(verb: str) -> Fact | None:
    found: Fact | None = Fact.objects.filter(subject_kind=DEMO.kind, subject_id=DEMO.id, verb=verb).first()
    return found


def _span_of(fact: Fact) -> Span:
    kept = json.loads(fact.after)
    since, until = (datetime.fromisoformat(kept[name]) for name in ("since", "until"))
    return Span(kept["key"], kept["seed"], since, until, kept["cases"], kept["waiting"])


def _note_span(verb: str, span: Span) -> None:
    _note(
        verb,
        at=span.since,
        key=span.key,
        seed=span.seed,
        since=span.since.isoformat(),
        until=span.until.isoformat(),
        cases=span.cases,
        waiting=span.waiting,
    )


@acting
def _note(verb: str, *, at: datetime, **after: object) -> None:
    record(verb, DEMO, by=SYSTEM, at=at, label="演示区域（虚构）", after=after)
