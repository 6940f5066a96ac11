"""The loader: a whole small region, once; on from where it was interrupted; never over a real one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from typer.testing import CliRunner

from conftest import Town
from tongqu.demo.actions import CASES_A_DAY, Loaded, NotADemo, NothingLoaded, import_photos, live_a_day, load
from tongqu.demo.commands import app
from tongqu.demo.logins import demo_password, demo_people, listing, password_file
from tongqu.demo.photo import NoSpot, photo_of
from tongqu.demo.scenes.camera import Lens
from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.shot import Place, Shot, take
from tongqu.shared.clock import now
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.queries import verify
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.models import Person, Region
from tongqu.shared.region.rules import Role
from tongqu.shared.ui.sentences import has_sentence
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.routing import list_in_force
from tongqu.systems.cases.queries.routing_proof import proof_of
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.indicators.models.contest import Appeal, Contest, Result, Round
from tongqu.systems.indicators.models.figures import Observation, Release
from tongqu.systems.indicators.models.indicator import Indicator

AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
CASES = 26


class Killed(BaseException):
    """Stands for a process that is killed between two acts."""


def quiet(_done: int, _of: int) -> None:
    """Say nothing."""


def killed_at(step: int):
    def tell(done: int, _of: int) -> None:
        if done == step:
            raise Killed

    return tell


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Loaded]:
    """The region, loaded in three pieces by two kills; taken back at the end."""
    home = tmp_path_factory.mktemp("home")
    places = {"HOME": home, "EVIDENCE_FOLDER": home / "evidence"}
    with django_db_blocker.unblock(), override_settings(**places), transaction.atomic():
        for step in (25, 40):
            with pytest.raises(Killed):
                load(at=AT, tell=killed_at(step), cases=CASES, processes=0)
        # Taken up a day later, it is still the region as it stood when it was begun.
        yield load(at=AT + timedelta(days=1), tell=quiet, cases=999, processes=0)
        transaction.set_rollback(True)


def case_facts() -> Counter[tuple[str, str]]:
    rows = Fact.objects.filter(subject_kind="case", verb__startswith="case.")
    return Counter(rows.exclude(verb="case.photo_offered").values_list("subject_id", "verb"))


def test_every_state_is_there(loaded: Loaded) -> None:
    # Few cases are turned away, and the story joins none to another.
    by_chance = {State.REJECTED, State.JOINED}
    assert set(Case.objects.values_list("state", flat=True)) >= set(State) - by_chance
    assert Case.objects.count() == CASES


def test_the_demo_divides_all_work_without_hole_or_conflict(loaded: Loaded) -> None:
    list_now = list_in_force(AT)
    assert list_now is not None
    found = proof_of(list_now)
    assert (len(found.entries), found.holds, found.idle) == (625, True, [])


def test_what_was_interrupted_was_done_once(loaded: Loaded) -> None:
    """A case's revision counts its moves; the journal holds exactly as many facts of it."""
    facts: Counter[str] = Counter()
    for (subject, _verb), count in case_facts().items():
        facts[subject] += count
    assert {case.subject.id: case.revision for case in Case.objects.all()} == facts


def test_loading_again_does_nothing(loaded: Loaded) -> None:
    before = Fact.objects.count()
    again = load(at=AT + timedelta(days=3), tell=quiet, processes=0)
    assert not again.is_new
    assert Fact.objects.count() == before


def test_the_journal_is_in_the_order_of_time_and_nothing_lies_in_the_future(loaded: Loaded) -> None:
    instants = list(Fact.objects.order_by("seq").values_list("at", flat=True))
    # The import was repeated after each kill and wrote nothing; everything else came in its own time.
    assert instants == sorted(instants)
    assert instants[-1] <= AT


def test_what_the_systems_did_is_told_in_sentences(loaded: Loaded) -> None:
    untold = {
        verb for verb in Fact.objects.values_list("verb", flat=True).distinct() if not has_sentence(verb)
    }
    assert untold <= {"demo.begun", "demo.loaded", "person.posted", "region.imported", "unit.made"}


def test_the_chain_verifies(loaded: Loaded) -> None:
    assert verify().broken is None


def test_everything_is_marked_as_invented(loaded: Loaded) -> None:
    assert Region.objects.get().is_invented
    for model in (Case, Contest, Duty, Person):
        assert not model.objects.filter(is_invented=False).exists(), model
    # What the press printed is real, and so is the paper that says so.
    printed = Release.objects.filter(is_invented=False).values("evidence")
    assert not Evidence.objects.filter(is_invented=False).exclude(pk__in=printed).exists()


def test_real_and_invented_figures_share_no_indicator(loaded: Loaded) -> None:
    """So that neither a series nor a rank, neither a chart nor a table can hold both."""
    real, invented = (
        set(Observation.objects.filter(release__is_invented=mark).values_list("indicator__code", flat=True))
        for mark in (False, True)
    )
    assert (len(real), len(invented)) == (44, 12)
    assert not real & invented
    assert set(Indicator.objects.filter(is_invented=True).values_list("code", flat=True)) == invented
    assert not Release.objects.filter(is_invented=True).exclude(title__contains="虚构").exists()


def test_the_contest_has_published_rounds_a_draft_a_second_edition_and_appeals(loaded: Loaded) -> None:
    rounds = Round.objects.order_by("period")
    assert Counter(rounds.values_list("state", flat=True)) == {"published": 6, "draft": 1}
    assert max(rounds.values_list("edition", flat=True)) == 2
    assert sorted(Appeal.objects.values_list("state", flat=True)) == ["open", "upheld"]
    holders = set(Result.objects.filter(holds_flag=True).values_list("division", flat=True))
    assert len(holders) > 1, "the flag travels"


def test_photos_lie_where_their_cases_lie(loaded: Loaded) -> None:
    photos = Evidence.objects.filter(kind="photo")
    assert photos.count() > 8
    for photo in photos:
        assert photo.camera == "Tongqu demo scene"
        assert photo.height_ground_m is not None
        case = photo.cases.first()
        assert case.division_path == photo.division_path or case.division_path[:6] == photo.division_path[:6]


def test_there_is_a_login_for_each_role(loaded: Loaded) -> None:
    people = [login.person for login in demo_people()]
    assert len(people) == len({person.pk for person in people}) == 8
    assert {role for person in people for role in person.roles} == set(Role)
    assert all(person.check_password(demo_password()) for person in people)


def test_nobody_else_can_sign_in(loaded: Loaded) -> None:
    known = {login.person.pk for login in demo_people()}
    assert not any(person.has_usable_password() for person in Person.objects.exclude(pk__in=known)[:50])


def test_the_password_is_kept_for_its_owner_only(loaded: Loaded) -> None:
    assert password_file().stat().st_mode & 0o077 == 0
    assert len(demo_password()) >= 12
    assert demo_password() in listing()[0]


def test_another_day_brings_new_cases_once(loaded: Loaded) -> None:
    with transaction.atomic():
        later = AT + timedelta(days=1)
        assert live_a_day(at=later, tell=quiet, processes=0).steps >= CASES_A_DAY
        assert Case.objects.count() == CASES + CASES_A_DAY
        assert not live_a_day(at=later + timedelta(hours=2), tell=quiet, processes=0).is_new
        transaction.set_rollback(True)


def test_real_photos_keep_their_own_place_and_are_not_called_invented(loaded: Loaded, tmp_path: Path) -> None:
    taken = take(Shot(Place(3, -91.99, 46.84, Ground.BANK), AT, lens=Lens(width=320, height=240)))
    (tmp_path / "beach.JPG").write_bytes(taken.replace(b"algorithmicMedia", b"digitalCapture  "))
    (tmp_path / "broken.jpg").write_bytes(b"not a photo")
    with transaction.atomic():
        assert import_photos(tmp_path, at=AT) == 1
        assert import_photos(tmp_path, at=AT) == 0
        photo = Evidence.objects.get(name="beach.JPG")
        assert (photo.division, photo.is_invented) == (None, False)
        assert photo.lon == pytest.approx(-91.99, abs=1e-4)
        transaction.set_rollback(True)


def test_the_command_lists_the_logins(loaded: Loaded) -> None:
    said = CliRunner().invoke(app, ["logins"])
    assert said.exit_code == 0
    assert demo_password() in said.output
    assert len(said.output.splitlines()) == 9


def test_the_command_does_nothing_the_second_time(loaded: Loaded) -> None:
    before = Fact.objects.count()
    said = CliRunner().invoke(app, ["load"])
    assert (said.exit_code, Fact.objects.count()) == (0, before)
    assert "nothing was done" in said.output


def test_the_day_command_tells_what_it_did(loaded: Loaded) -> None:
    with transaction.atomic():
        said = CliRunner().invoke(app, ["day", "--processes", "0"])
        assert said.exit_code == 0, said.output
        assert "acts" in said.output
        transaction.set_rollback(True)


def test_a_photo_to_order_shows_the_handlers_township_or_a_case(loaded: Loaded, tmp_path: Path) -> None:
    here, there = tmp_path / "here.jpg", tmp_path / "there.jpg"
    assert CliRunner().invoke(app, ["photo", str(here)]).exit_code == 0
    case = Case.objects.exclude(lon=None).first()
    said = CliRunner().invoke(app, ["photo", str(there), "--after", "--case", case.number])
    assert said.exit_code == 0
    with transaction.atomic():
        stored = [store(path, name=path.name, by=SYSTEM, at=now()).evidence for path in (here, there)]
        assert [photo.is_invented for photo in stored] == [True, True]
        handler = next(login for login in demo_people() if "Township" in login.role)
        assert stored[0].division_path.startswith(handler.person.units_as()[0].division.path)
        assert (stored[1].lon, stored[1].lat) == pytest.approx((case.lon, case.lat), abs=1e-6)
        transaction.set_rollback(True)


@pytest.mark.parametrize("number", ["nonsense", "260916-999999"])
def test_a_photo_of_no_case_is_refused(loaded: Loaded, tmp_path: Path, number: str) -> None:
    said = CliRunner().invoke(app, ["photo", str(tmp_path / "x.jpg"), "--case", number])
    assert said.exit_code == 1
    assert number in said.output


def test_a_photo_needs_a_spot(loaded: Loaded) -> None:
    with pytest.raises(NoSpot):
        photo_of(AT, case=Case(), after=False)


def test_without_a_region_there_is_no_spot(db: None) -> None:
    with pytest.raises(NoSpot):
        photo_of(AT, case=None, after=False)


def test_a_real_region_is_left_alone(town: Town, at: datetime) -> None:
    before = Fact.objects.count()
    with pytest.raises(NotADemo, match="not invented"):
        load(at=at, tell=quiet, processes=0)
    with pytest.raises(NotADemo):
        live_a_day(at=at, tell=quiet)
    assert Fact.objects.count() == before
    refused = CliRunner().invoke(app, ["load"])
    assert refused.exit_code == 1


def test_an_installation_with_people_but_no_region_is_left_alone(db: None, at: datetime) -> None:
    Person.objects.create_user("root", None, name="管理员")
    with pytest.raises(NotADemo):
        load(at=at, tell=quiet, processes=0)


def test_without_a_demo_no_day_passes_and_nobody_signs_in(db: None, at: datetime) -> None:
    with pytest.raises(NothingLoaded):
        live_a_day(at=at, tell=quiet)
    assert listing() == []
    assert CliRunner().invoke(app, ["logins"]).exit_code == 1
    assert CliRunner().invoke(app, ["day"]).exit_code == 1
