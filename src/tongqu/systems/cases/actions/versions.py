"""Makes, withdraws and brings into force the versions of matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import SYSTEM, Actor, Subject
from tongqu.shared.region.actions.rights import may_administer
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.versions import MatterVersion, day_of
from tongqu.systems.cases.rules.terms import differences, rebased


def add_version(
    matter: Matter,
    terms: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    in_force_on: date | None = None,
    reason: str = "",
) -> MatterVersion:
    """Keep the terms as the matter's next version, in force from the day (today, without one), inside an act.

    The terms are known to be good. `matter` is a new row, or a locked one. A version for today shows at once in the
    matter's row; one for a later day is planned. Planned versions after it take over what it changes, except where
    they change the same term themselves. Raises `BadInput` for a day that is past.
    """
    today = day_of(at)
    day = in_force_on or today
    if day < today:
        message = _("A change takes effect today or later: old cases keep what held for them.")
        raise BadInput([Problem(message, code="past", field="in_force_on")])
    if matter._state.adding:
        matter.is_active = bool(terms["is_active"]) and day <= today
        matter.save()
    # A matter without a version is a new one: most of an import, which so asks little.
    is_first = matter.version_id is None and not matter.versions.exists()
    base = None if is_first else MatterVersion.objects.in_force(matter, day)
    before = base.terms if base else {}
    changed = [term for term in terms if base is None or before.get(term) != terms[term]]
    last = 0 if is_first else matter.versions.aggregate(last=Max("number"))["last"]
    version = MatterVersion.objects.create(
        matter=matter,
        number=last + 1,
        in_force_on=day,
        terms=dict(terms),
        changed=changed,
        reason=reason.strip()[:300],
        made_at=at,
        made_by_ref=by.actor_ref,
        made_by_name=by.actor_name,
    )
    if not is_first:
        _rebase_after(version)
    if day <= today:
        _show(version)
    _tell(version, before, changed, is_planned=day > today, by=by, at=at)
    return version


def _rebase_after(version: MatterVersion) -> None:
    """Put the planned versions that follow onto this one."""
    onto = version.terms
    for later in version.matter.versions.standing().filter(in_force_on__gt=version.in_force_on):
        onto = rebased(later.terms, later.changed, onto)
        MatterVersion.objects.filter(pk=later.pk).update(terms=onto)


def _show(version: MatterVersion) -> None:
    """Have the matter's row show the version."""
    for term, value in version.terms.items():
        setattr(version.matter, term, value)
    version.matter.version = version
    version.matter.save()


def _tell(
    version: MatterVersion,
    before: Mapping[str, Any],
    changed: Iterable[str],
    *,
    is_planned: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Record the fact: a matter is new, changed, or will change on a day."""
    verb = "changed" if before else "added"
    after = {term: version.terms[term] for term in changed}
    if is_planned:
        verb, after = "change_planned", {**after, "in_force_on": version.in_force_on.isoformat()}
    record(
        f"matter.{verb}",
        Subject("matter", version.matter.code),
        by=by,
        at=at,
        label=str(version.terms["name_zh_hans"]),
        before={term: before[term] for term in changed if term in before},
        after=after,
        note=version.reason,
    )


def check_may_change(by: Actor) -> None:
    """Raise `NotAllowed` unless the actor administers the region: matters hold for all of it."""
    if not may_administer(by):
        raise NotAllowed(_("Only administrators of the region change matters."))


@acting
def withdraw_version(version: MatterVersion, *, by: Actor, at: datetime) -> MatterVersion:
    """Take back a planned version before its day; raises `BadInput` when it is in force or taken back already."""
    check_may_change(by)
    matter = Matter.objects.select_for_update().get(pk=version.matter_id)
    planned = matter.versions.standing().filter(pk=version.pk, in_force_on__gt=day_of(at)).first()
    if planned is None:
        message = _("This version is in force or was withdrawn. Plan a new change instead.")
        raise BadInput([Problem(message, code="not-planned", field="version")])
    planned.withdrawn_at = at
    planned.save()
    before = MatterVersion.objects.in_force(matter, planned.in_force_on)
    if before is not None:
        _rebase_after(before)
    record(
        "matter.change_withdrawn",
        Subject("matter", matter.code),
        by=by,
        at=at,
        label=str(matter),
        before={"in_force_on": planned.in_force_on.isoformat(), "version": planned.number},
    )
    return planned


@acting
def bring_into_force(*, at: datetime) -> int:
    """Have each matter's row show the version of today; return how many changed. Doing it again changes nothing."""
    today, newest = day_of(at), {}
    for pk, matter in (
        MatterVersion.objects.standing().filter(in_force_on__lte=today).values_list("pk", "matter_id")
    ):
        newest[matter] = pk
    shown = dict(Matter.objects.values_list("pk", "version_id"))
    due = sorted(pk for matter, pk in newest.items() if shown[matter] != pk)
    for version in MatterVersion.objects.filter(pk__in=due).select_related("matter"):
        version.matter = Matter.objects.select_for_update().get(pk=version.matter_id)
        before = version.matter.terms if version.matter.version_id else {}
        _show(version)
        changed = [difference.term for difference in differences(before, version.terms)]
        _tell(version, before, changed, is_planned=False, by=SYSTEM, at=at)
    return len(due)
