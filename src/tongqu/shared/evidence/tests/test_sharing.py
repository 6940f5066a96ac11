"""Who sees which evidence: by territory and unit, restricted only by the unit, those above it, and by grant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from conftest import Town, make_person
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.evidence.actions.sharing import grant, revoke, share_with
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.shared.evidence.models import Evidence, Grant
from tongqu.shared.evidence.queries.uses import Use, grants_on, looks_at, on_uses, story_of, uses_of
from tongqu.shared.evidence.rules.words import Kind
from tongqu.shared.evidence.tests import makers
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.region.actions.units import move_unit
from tongqu.shared.region.models import Person, Unit
from tongqu.shared.region.rules import Role


def seers(town: Town, evidence: Evidence, at: datetime | None = None) -> set[str]:
    """The logins of those who see the evidence."""
    return {
        p.username for p in Person.objects.all() if Evidence.objects.visible_to(p, at).filter(pk=evidence.pk)
    }


DESK = {"desk", "inspector", "auditor", "admin"}
"""Posted to the territorial unit of the whole region."""


def test_open_evidence_is_seen_by_the_place_and_by_the_unit(town: Town, at: datetime) -> None:
    photo = store(makers.shot(118.3, 28.4), name="a.jpg", by=town.department_officer, at=at).evidence
    assert photo.division == town.township
    assert seers(town, photo) == DESK | {"leader", "clerk", "officer", "head"}


def test_open_evidence_of_another_county_is_seen_by_who_brought_it(town: Town, at: datetime) -> None:
    photo = store(makers.shot(119.0, 28.4), name="a.jpg", by=town.department_officer, at=at).evidence
    assert photo.division == town.far_township
    assert seers(town, photo) == DESK | {"leader", "officer", "head"}


def test_restricted_evidence_is_seen_by_its_unit_and_those_above(town: Town, at: datetime) -> None:
    photo = store(
        makers.shot(118.3, 28.4), name="a.jpg", by=town.department_officer, at=at, restricted=True
    ).evidence
    # The township's clerk does not see it, although it was taken there; the county's leader is above the department.
    assert seers(town, photo) == DESK | {"leader", "officer", "head"}


def test_who_stored_open_evidence_without_a_unit_still_sees_it(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.villager, at=at).evidence
    assert seers(town, photo) == DESK | {"villager"}


def test_restricted_evidence_of_nobody_is_for_the_desk(town: Town, at: datetime) -> None:
    by = NamedActor("resident", "居民")
    photo = store(makers.shot(118.3, 28.4), name="a.jpg", by=by, at=at, restricted=True).evidence
    assert seers(town, photo) == DESK | {"leader", "clerk"}


def test_bringing_in_known_bytes_lets_the_unit_see_them(town: Town, at: datetime) -> None:
    data = makers.shot(118.3, 28.4)
    photo = store(data, name="a.jpg", by=town.department_officer, at=at, restricted=True).evidence
    store(data, name="b.jpg", by=town.outsider, at=at)
    store(data, name="c.jpg", by=town.outsider, at=at)
    assert "outsider" in seers(town, photo)
    assert Grant.objects.count() == 1


def test_a_case_shares_its_evidence_with_the_handling_unit(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at, restricted=True).evidence
    assert "outsider" not in seers(town, photo)
    first = share_with(photo, town.other_county_department, reason="案件 1", by=town.desk_officer, at=at)
    again = share_with(photo, town.other_county_department, reason="案件 2", by=town.desk_officer, at=at)
    assert first == again
    assert "outsider" in seers(town, photo)
    assert [fact.verb for fact in story_of(photo)] == ["evidence.stored", "evidence.shared"]


def granted(town: Town, at: datetime, **rule: object) -> Grant:
    """A grant of the county department to the other county's department."""
    return grant(
        unit=town.other_county_department,
        from_unit=town.county_department,
        reason="联合执法",
        by=town.department_head,
        at=at,
        **rule,
    )


def test_a_grant_covers_by_kind_place_matter_and_period(town: Town, at: datetime) -> None:
    stored = {
        name: store(
            data, name=name, by=town.department_officer, at=at, restricted=True, matter_code=matter
        ).evidence
        for name, data, matter in (
            ("old.jpg", makers.shot(taken="2026:01:01 10:00:00"), "waste"),
            ("new.jpg", makers.shot(taken="2026:09:01 10:00:00"), "water"),
            ("far.jpg", makers.shot(119.0, 28.4, taken="2026:09:01 10:00:00"), "waste"),
            ("paper.pdf", makers.pdf(), "waste"),
        )
    }
    foreign = store(
        makers.jpeg(colour="red"), name="foreign.jpg", by=town.township_clerk, at=at, restricted=True
    )

    def covered(**rule: object) -> set[str]:
        made = granted(town, at, **rule)
        names = {name for name, item in stored.items() if "outsider" in seers(town, item)}
        assert "outsider" not in seers(town, foreign.evidence)
        assert all((made in grants_on(item, at)) == (name in names) for name, item in stored.items())
        revoke(made, by=town.department_head, at=at)
        return names

    assert covered() == set(stored)
    assert covered(kind=Kind.DOCUMENT) == {"paper.pdf"}
    assert covered(division=town.far_township) == {"far.jpg"}
    assert covered(matter_code="waste") == {"old.jpg", "far.jpg", "paper.pdf"}
    assert covered(taken_from=datetime(2026, 6, 1, tzinfo=UTC)) == {"new.jpg", "far.jpg"}
    assert covered(taken_until=datetime(2026, 6, 1, tzinfo=UTC)) == {"old.jpg"}
    assert covered(division=town.township, kind=Kind.PHOTO, matter_code="water") == {"new.jpg"}
    assert not any("outsider" in seers(town, item) for item in stored.values()), "all were revoked"


def test_a_grant_with_an_end_ends(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.department_officer, at=at, restricted=True).evidence
    granted(town, at, ends_at=at + timedelta(days=1))
    assert "outsider" in seers(town, photo, at)
    assert "outsider" not in seers(town, photo, at + timedelta(days=2))
    assert "outsider" not in seers(town, photo), "without an instant it cannot be known to be in force"


def test_a_single_grant_replaces_the_one_before(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.department_officer, at=at).evidence
    for days in (1, 2):
        grant(unit=town.other_county_department, evidence=photo, reason="x", by=town.department_head, at=at,
              ends_at=at + timedelta(days=days))  # fmt: skip
    assert Grant.objects.filter(revoked_at=None).count() == 1
    lasting = share_with(photo, town.other_county_department, reason="案件", by=town.desk_officer, at=at)
    assert lasting.ends_at is None
    assert Grant.objects.in_force(at).get() == lasting


def test_the_unit_above_a_holder_sees_it_too(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at, restricted=True).evidence
    boss = make_person("boss", "市局长", (town.city_department, Role.UNIT_HEAD))
    assert "boss" not in seers(town, photo)
    share_with(photo, town.other_county_department, reason="案件", by=town.desk_officer, at=at)
    assert boss.username in seers(town, photo)


@pytest.mark.parametrize("who", ["department_officer", "township_clerk", "outsider", "villager", "inspector"])
def test_only_heads_of_the_keeping_unit_grant_and_revoke(town: Town, at: datetime, who: str) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.department_officer, at=at).evidence
    made = granted(town, at)
    with pytest.raises(NotAllowed):
        grant(unit=town.city_desk, evidence=photo, reason="x", by=getattr(town, who), at=at)
    with pytest.raises(NotAllowed):
        revoke(made, by=getattr(town, who), at=at)
    assert Grant.objects.filter(revoked_at=None).count() == 1


def test_what_no_unit_keeps_is_granted_by_the_regions_administrator(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=NamedActor("resident", "居民"), at=at).evidence
    with pytest.raises(NotAllowed):
        grant(unit=town.county_department, evidence=photo, reason="x", by=town.department_head, at=at)
    made = grant(unit=town.county_department, evidence=photo, reason="x", by=town.region_admin, at=at)
    assert str(made).endswith("x")


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}, "ends-in-the-past"),
        (
            {"taken_from": datetime(2026, 2, 1, tzinfo=UTC), "taken_until": datetime(2026, 1, 1, tzinfo=UTC)},
            "period-backwards",
        ),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(
    town: Town, at: datetime, rule: dict[str, datetime], code: str
) -> None:
    with pytest.raises(BadInput) as caught:
        granted(town, at, **rule)
    assert [problem.code for problem in caught.value.problems] == [code]
    with pytest.raises(BadInput):
        grant(
            unit=town.city_desk, from_unit=town.county_department, reason=" ", by=town.department_head, at=at
        )
    assert not Grant.objects.exists()


def test_the_database_refuses_a_grant_of_everything(town: Town, at: datetime) -> None:
    unit: Unit = town.county_department
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(unit=unit, unit_path=unit.path, reason="x", granted_at=at)


def test_each_look_at_restricted_evidence_is_journaled_and_none_at_open(town: Town, at: datetime) -> None:
    secret = store(makers.jpeg(), name="a.jpg", by=town.department_officer, at=at, restricted=True).evidence
    open_one = store(makers.pdf(), name="a.pdf", by=town.department_officer, at=at).evidence
    record_view(secret, by=town.department_head, at=at, what="web")
    record_view(open_one, by=town.department_head, at=at)
    looks = Fact.objects.filter(verb="evidence.viewed")
    assert [(look.subject_id, look.actor_name, look.after_values) for look in looks] == [
        (secret.sha256, "冯局长", {"what": "web"})
    ]
    assert len(looks_at(secret)) == 1
    assert [fact.verb for fact in story_of(secret)] == ["evidence.stored"]


def test_systems_say_who_uses_the_evidence(town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongqu.shared.evidence.queries.uses._finders", [])
    photo = store(makers.jpeg(), name="a.jpg", by=town.department_officer, at=at).evidence

    def finder(evidence: Evidence, person: Person) -> list[Use]:
        return [Use("case", f"{evidence.name} {person}")]

    on_uses(finder)
    on_uses(finder)
    assert uses_of(photo, town.county_leader) == [Use("case", "a.jpg 吴区长")]


def test_sight_follows_a_unit_that_moves(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.department_officer, at=at, restricted=True).evidence
    granted(town, at)
    assert {"officer", "outsider"} <= seers(town, photo)
    move_unit(town.county_department, parent=town.county_government, by=town.region_admin, at=at)
    move_unit(town.other_county_department, parent=town.county_government, by=town.region_admin, at=at)
    photo.refresh_from_db()
    assert photo.unit_path == "desk/qujiang/zhzf-qujiang/"
    assert {"leader", "officer", "outsider"} <= seers(town, photo)
