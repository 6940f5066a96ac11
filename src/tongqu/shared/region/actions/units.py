"""Acts on units and on who serves in them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import Actor, Subject
from tongqu.shared.region.actions.rights import need_region_admin
from tongqu.shared.region.models import Division, Person, Posting, Unit, below
from tongqu.shared.region.rules import MOST_UNIT_PATH, UNIT_CODE, Role, UnitKind


class UnitInUse(Exception):
    """A unit cannot be closed while others hang on it."""


@acting
def make_unit(
    code: str,
    *,
    kind: UnitKind,
    name_zh_hans: str,
    division: Division,
    by: Actor,
    at: datetime,
    parent: Unit | None = None,
    name_zh_hant: str = "",
    name_en: str = "",
    answers_for: str = "",
    phone: str = "",
) -> Unit:
    """Make a unit; raises `BadInput` when the code is taken or malformed."""
    need_region_admin(by, division.path)
    if not re.fullmatch(UNIT_CODE, code):
        raise BadInput([Problem(_("Use small letters, digits and hyphens."), "bad-code", field="code")])
    if Unit.objects.filter(code=code).exists():
        raise BadInput([Problem(_("The code is taken. Choose another."), "double-code", field="code")])
    path = _path_below(parent, code)
    unit = Unit.objects.create(
        code=code, kind=kind, name_zh_hans=name_zh_hans, name_zh_hant=name_zh_hant, name_en=name_en,
        division=division, parent=parent, path=path, answers_for=answers_for, phone=phone,
    )  # fmt: skip
    note_unit("unit.made", unit, by=by, at=at, after=values_of(unit))
    return unit


@acting
def change_unit(unit: Unit, *, by: Actor, at: datetime, **values: Any) -> Unit:
    """Change a unit's names, what it answers for, its telephone, territory, or whether it is active."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    need_region_admin(by, unit.division.path)
    if "division" in values:
        need_region_admin(by, values["division"].path)
    if values.get("is_active") is False and unit.children.filter(is_active=True).exists():
        raise UnitInUse(_("Units below this one are still active. Close or move them first."))
    before = values_of(unit)
    for name, value in values.items():
        setattr(unit, name, value)
    after = values_of(unit)
    if after != before:
        unit.save()
        changed = {key for key in after if after[key] != before[key]}
        note_unit("unit.changed", unit, by=by, at=at, before={key: before[key] for key in changed},
                  after={key: after[key] for key in changed})  # fmt: skip
    return unit


@acting
def move_unit(unit: Unit, *, parent: Unit | None, by: Actor, at: datetime) -> Unit:
    """Put a unit, with all below it, under another supervising unit.

    Every column named `unit_path`, in whatever table, follows in the same transaction; the journal keeps what was.
    Raises `BadInput` when the unit would come to stand under itself.
    """
    # The whole tree is locked in one order: two moves at once could otherwise make a circle.
    tree = {row.pk: row for row in Unit.objects.select_for_update().order_by("pk")}
    unit = tree[unit.pk]
    above = tree[parent.pk] if parent else None
    need_region_admin(by, unit.division.path)
    need_region_admin(by, above.division.path if above else None)
    if above is not None and above.path.startswith(unit.path):
        raise BadInput(
            [Problem(_("A unit cannot stand under itself. Choose another."), "circle", field="parent")]
        )
    old, new = unit.path, _path_below(above, unit.code)
    before = unit.parent.code if unit.parent else ""
    if old == new:
        return unit
    unit.parent = above
    unit.save(update_fields=["parent"])
    _rewrite_paths(old, new)
    unit.path = new
    note_unit("unit.moved", unit, by=by, at=at, before={"parent": before, "path": old},
              after={"parent": above.code if above else "", "path": new})  # fmt: skip
    return unit


def _path_below(parent: Unit | None, code: str) -> str:
    path = f"{parent.path if parent else ''}{code}/"
    if len(path) > MOST_UNIT_PATH:
        raise BadInput(
            [Problem(_("The unit stands too deep in the tree. Shorten codes."), "too-deep", field="parent")]
        )
    return path


def _rewrite_paths(old: str, new: str) -> None:
    """Replace the beginning of the paths of a subtree, in the tree and wherever a `unit_path` is kept."""
    for model in apps.get_models():
        column = "path" if model is Unit else "unit_path"
        if model is Fact or not _has_text(model, column):
            continue
        moved = Concat(Value(new), Substr(F(column), len(old) + 1), output_field=CharField())
        model._default_manager.filter(below(column, old)).update(**{column: moved})


def _has_text(model: Any, column: str) -> bool:
    try:
        return isinstance(model._meta.get_field(column), CharField)
    except FieldDoesNotExist:
        return False


def values_of(unit: Unit) -> dict[str, Any]:
    """Return what the journal writes of a unit."""
    return {
        "code": unit.code,
        "kind": str(unit.kind),
        "name": unit.name_zh_hans,
        "name_zh_hant": unit.name_zh_hant,
        "name_en": unit.name_en,
        "division": unit.division.code,
        "answers_for": unit.answers_for,
        "phone": unit.phone,
        "is_active": unit.is_active,
    }


def note_unit(verb: str, unit: Unit, *, by: Actor, at: datetime, **values: Any) -> None:
    """Record a fact about a unit."""
    record(verb, Subject("unit", unit.code), by=by, at=at, label=unit.name_zh_hans,
           division_path=unit.division.path, unit_path=unit.path, **values)  # fmt: skip


@acting
def make_person(
    username: str,
    *,
    name: str,
    by: Actor,
    at: datetime,
    phone: str = "",
    email: str = "",
    is_invented: bool = False,
) -> Person:
    """Make a person, who cannot sign in until a password is set."""
    need_region_admin(by)
    if Person.objects.filter(username=username).exists():
        raise BadInput(
            [Problem(_("The login name is taken. Choose another."), "double-login", field="username")]
        )
    person = Person(
        username=username, name=name, phone=phone, email=email, is_invented=is_invented, joined_at=at
    )
    person.set_unusable_password()
    person.save()
    note_person("person.created", person, by=by, at=at, after={"username": username, "name": name})
    return person


@acting
def post_person(
    person: Person, unit: Unit, role: Role, *, by: Actor, at: datetime, since_on: date | None = None
) -> Posting:
    """Give a person a role in a unit; a posting that is in force stays as it is."""
    need_region_admin(by, unit.division.path)
    Person.objects.select_for_update().get(pk=person.pk)
    posting = Posting.objects.filter(person=person, unit=unit, role=role, until_on=None).first()
    if posting is None:
        posting = Posting.objects.create(person=person, unit=unit, role=role, since_on=since_on or at.date())
        note_person(
            "person.posted", person, by=by, at=at, unit=unit, after={"unit": unit.code, "role": str(role)}
        )
    person.__dict__.pop("postings_now", None)
    return posting


@acting
def unpost_person(posting: Posting, *, by: Actor, at: datetime, until_on: date | None = None) -> Posting:
    """End a posting; the last region administrator cannot be removed (`BadInput`)."""
    posting = (
        Posting.objects.select_for_update().select_related("person", "unit__division").get(pk=posting.pk)
    )
    need_region_admin(by, posting.unit.division.path)
    if posting.until_on is not None:
        return posting
    admins = Posting.objects.filter(role=Role.REGION_ADMIN, until_on=None, person__is_active=True)
    if posting.role == Role.REGION_ADMIN and not admins.exclude(pk=posting.pk).exists():
        raise BadInput(
            [Problem(_("This is the last region administrator. Post another first."), "last-admin")]
        )
    until = until_on or at.date()
    posting.until_on = max(until, posting.since_on) if posting.since_on else until
    posting.save(update_fields=["until_on"])
    note_person("person.unposted", posting.person, by=by, at=at, unit=posting.unit,
                before={"unit": posting.unit.code, "role": posting.role})  # fmt: skip
    return posting


def note_person(
    verb: str, person: Person, *, by: Actor, at: datetime, unit: Unit | None = None, **values: Any
) -> None:
    """Record a fact about a person."""
    record(verb, Subject("person", str(person.pk)), by=by, at=at, label=person.name,
           division_path=unit.division.path if unit else "", unit_path=unit.path if unit else "", **values)  # fmt: skip
