"""Changes the rules: thresholds of lamps, steps of reminding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.actions.hold import turn
from tongqu.shared.duties.models import Duty, LampRule, ReminderRule
from tongqu.shared.duties.queries import forget_rules, lamp_rules_in_force, rulebook
from tongqu.shared.duties.rules import Step, Thresholds
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role


@acting
def set_lamp_rule(kind: str, thresholds: Thresholds, *, by: Person, at: datetime) -> LampRule:
    """Put a lamp rule in force for duties opened from now on; open duties keep theirs."""
    _require_admin(by)
    _check_thresholds(thresholds)
    old = lamp_rules_in_force().select_for_update().filter(kind=kind).first()
    if old is not None:
        old.until = at
        old.save(update_fields=["until"])
    rule = LampRule.objects.create(kind=kind, since=at, **asdict(thresholds))
    forget_rules()
    transaction.on_commit(forget_rules)
    before = asdict(old.thresholds) if old else {}
    subject = Subject("lamp_rule", kind or "*")
    record("lamp_rule.set", subject, by=by, at=at, before=before, after=asdict(thresholds))
    return rule


@acting
def recompute_lamps(kind: str, *, by: Person, at: datetime) -> int:
    """Bring the open duties of a kind (all kinds without one) under the rule now in force; return how many."""
    _require_admin(by)
    duties = Duty.objects.filter(is_open=True).select_for_update()
    book = rulebook()
    changed = []
    for duty in (duties.filter(kind=kind) if kind else duties).order_by("pk"):
        duty.lamp_rule = book.lamp_rule(duty.kind)
        turn(duty)
        changed.append(duty)
    Duty.objects.bulk_update(changed, ["lamp_rule", "yellow_at", "red_at"], batch_size=500)
    after = {"duties": len(changed)}
    record("lamp_rule.applied", Subject("lamp_rule", kind or "*"), by=by, at=at, after=after)
    return len(changed)


@acting
def set_steps(kind: str, steps: Iterable[Step], *, by: Person, at: datetime) -> None:
    """Replace the steps of reminding for a kind; open duties follow from their next step on.

    Without steps the kind falls back to the general ones, and those to the built-in ones.
    """
    _require_admin(by)
    old = ReminderRule.objects.select_for_update().filter(kind=kind)
    before = [rule.step.key for rule in old]
    old.delete()
    wanted = sorted(set(steps), key=lambda step: step.order)
    ReminderRule.objects.bulk_create(
        [
            ReminderRule(kind=kind, share=step.share, days_after=step.days_after, audience=step.audience)
            for step in wanted
        ]
    )
    forget_rules()
    transaction.on_commit(forget_rules)
    subject = Subject("reminder_rule", kind or "*")
    after = [step.key for step in wanted]
    record("reminder_rule.set", subject, by=by, at=at, before={"steps": before}, after={"steps": after})


def _require_admin(by: Person) -> None:
    if Role.REGION_ADMIN not in by.roles:
        raise NotAllowed(_("Only a region administrator may change the rules."))


def _check_thresholds(thresholds: Thresholds) -> None:
    if not 0 < thresholds.yellow_share <= 1:
        message = _("The share must be above 0 % and at most 100 %.")
        raise BadInput([Problem(message, code="range", field="yellow_share")])
    if thresholds.red_slip_days < thresholds.yellow_slip_days:
        message = _("A forecast cannot turn the lamp red before it turns yellow. Give at least as many days.")
        raise BadInput([Problem(message, code="range", field="red_slip_days")])
