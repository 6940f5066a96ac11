"""Shares evidence with units that do not keep it: one piece, or all that a rule covers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.evidence.models import Evidence, Grant
from tongqu.shared.evidence.rules.words import Kind
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, Subject
from tongqu.shared.region.models import Division, Person, Unit
from tongqu.shared.region.rules import Role

GRANTING_ROLES = (Role.UNIT_HEAD, Role.REGION_ADMIN)
"""Who may share the evidence of their unit and of those below it."""


@acting
def share_with(evidence: Evidence, unit: Unit, *, reason: str, by: Actor, at: datetime) -> Grant:
    """Let a unit see one piece of evidence, because a system needs it to: a case that the unit handles, say.

    The caller answers for the right to do so. A unit that holds such a grant already keeps the one it has.
    """
    Evidence.objects.select_for_update().get(pk=evidence.pk)
    standing = Grant.objects.filter(evidence=evidence, unit=unit, revoked_at=None).first()
    if standing is not None and standing.ends_at is None:
        return standing
    if standing is not None:
        standing.revoked_at = at
        standing.save(update_fields=["revoked_at"])
    made = Grant.objects.create(
        unit=unit,
        unit_path=unit.path,
        evidence=evidence,
        reason=reason[:200],
        granted_at=at,
        granted_by_ref=by.actor_ref,
        granted_by_name=by.actor_name,
    )
    _record(made, "evidence.shared", by=by, at=at)
    return made


@acting
def grant(
    *,
    unit: Unit,
    reason: str,
    by: Person,
    at: datetime,
    from_unit: Unit | None = None,
    evidence: Evidence | None = None,
    kind: Kind | None = None,
    division: Division | None = None,
    matter_code: str = "",
    taken_from: datetime | None = None,
    taken_until: datetime | None = None,
    ends_at: datetime | None = None,
) -> Grant:
    """Let a unit see evidence of `from_unit` and the units below it: one piece, or all that the rule covers.

    Only a head of the keeping unit, or of one above it, may grant; raises `NotAllowed`, and `BadInput` for a
    rule that makes no sense.
    """
    keeper = from_unit or (evidence.unit if evidence is not None else None)
    _check_right(keeper, by)
    problems = _problems(reason, at, taken_from, taken_until, ends_at)
    if problems:
        raise BadInput(problems)
    if evidence is not None:
        Evidence.objects.select_for_update().get(pk=evidence.pk)
        Grant.objects.filter(evidence=evidence, unit=unit, revoked_at=None).update(revoked_at=at)
    made = Grant.objects.create(
        unit=unit,
        unit_path=unit.path,
        from_unit=keeper,
        evidence=evidence,
        kind=kind or "",
        division=division,
        division_path=division.path if division is not None else "",
        matter_code=matter_code,
        taken_from=taken_from,
        taken_until=taken_until,
        ends_at=ends_at,
        reason=reason.strip(),
        granted_at=at,
        granted_by_ref=by.actor_ref,
        granted_by_name=by.actor_name,
    )
    _record(made, "evidence.granted", by=by, at=at)
    return made


@acting
def revoke(grant: Grant, *, by: Person, at: datetime) -> Grant:
    """End a grant; raises `NotAllowed` for whoever could not have given it."""
    held = Grant.objects.select_for_update().get(pk=grant.pk)
    _check_right(held.from_unit or (held.evidence.unit if held.evidence is not None else None), by)
    if held.revoked_at is None:
        held.revoked_at = at
        held.save(update_fields=["revoked_at"])
        _record(held, "evidence.revoked", by=by, at=at)
    return held


def may_grant(keeper: Unit | None, person: Person) -> bool:
    """Answer whether the person may share what the unit keeps; what no unit keeps, only the region's administrator."""
    if keeper is None:
        return bool(person.units_as(Role.REGION_ADMIN))
    return any(keeper.path.startswith(unit.path) for unit in person.units_as(*GRANTING_ROLES))


def _check_right(keeper: Unit | None, by: Person) -> None:
    if not may_grant(keeper, by):
        raise NotAllowed(
            _("Only a head of the unit that keeps the evidence, or of one above it, may share it.")
        )


def _problems(
    reason: str,
    at: datetime,
    taken_from: datetime | None,
    taken_until: datetime | None,
    ends_at: datetime | None,
) -> list[Problem]:
    found = []
    if not reason.strip():
        found.append(Problem(_("Say why the evidence is shared."), "reason-missing", field="reason"))
    if taken_from and taken_until and taken_until <= taken_from:
        message = _("The period ends before it begins. Correct one of the two days.")
        found.append(Problem(message, "period-backwards", field="taken_until"))
    if ends_at and ends_at <= at:
        message = _("The grant would end in the past. Choose a later day, or leave it open.")
        found.append(Problem(message, "ends-in-the-past", field="ends_at"))
    return found


def _record(grant: Grant, verb: str, *, by: Actor, at: datetime) -> None:
    """Record what happened to a grant, at the evidence it concerns or at itself."""
    evidence = grant.evidence
    subject = Subject("evidence", evidence.sha256) if evidence else Subject("grant", str(grant.pk))
    record(
        verb,
        subject,
        by=by,
        at=at,
        label=evidence.name if evidence else str(grant),
        after=_values(grant),
        evidence=[evidence.sha256] if evidence else [],
        division_path=evidence.division_path if evidence else grant.division_path,
        unit_path=evidence.unit_path if evidence else (grant.from_unit.path if grant.from_unit else ""),
    )


def _values(grant: Grant) -> dict[str, Any]:
    """Return what the journal keeps of a grant: only what is set."""
    values = {
        "grant": grant.pk,
        "unit": grant.unit.code,
        "from_unit": grant.from_unit.code if grant.from_unit else "",
        "kind": grant.kind,
        "division": grant.division_path,
        "matter": grant.matter_code,
        "taken_from": grant.taken_from.isoformat() if grant.taken_from else "",
        "taken_until": grant.taken_until.isoformat() if grant.taken_until else "",
        "ends_at": grant.ends_at.isoformat() if grant.ends_at else "",
        "reason": grant.reason,
    }
    return {name: value for name, value in values.items() if value != ""}
