"""What the desk does about a hot issue: one parent case, dismissal, a case put into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.hot_facts import count_anew, record_of_issue
from tongqu.systems.cases.actions.parents import Opened, open_parent
from tongqu.systems.cases.actions.steps import required
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hot import HotIssue, HotMember
from tongqu.systems.cases.queries.answering import parties_of
from tongqu.systems.cases.queries.hot import is_desk_of
from tongqu.systems.cases.rules.lifecycle import JOINABLE, Party


@acting
def open_parent_of(issue: HotIssue, *, by: Person, at: datetime) -> Opened:
    """Make one parent case of the open cases of the issue; the desk of their place then has it to accept.

    Raises `BadInput` when fewer than two of them can be joined, `MoveNotAllowed` when the issue is not open any more,
    `NotAllowed` for who is not on the desk of the whole issue.
    """
    locked = _locked(issue)
    if not is_desk_of(by, locked):
        raise _not_the_desk()
    _must_be_open(locked)
    members = list(Case.objects.filter(hot_member__issue=locked, closed_at=None).order_by("pk"))
    joinable = sum(case.state in JOINABLE for case in members)
    if locked.parent_id is not None or joinable < 2:
        say = _(
            "A parent case is opened once, of at least two open cases whose work is not done yet. Load the page again."
        )
        raise BadInput([Problem(say, code="no-parent")])
    opened = open_parent(
        members,
        title=locked.title,
        text=_told(locked, members),
        by=by,
        at=at,
        matter_code=_matter_of(members),
        idempotency_key=f"hot-issue:{locked.pk}",
    )
    locked.parent = opened.parent
    locked.save(update_fields=["parent"])
    after = {"case": opened.parent.number, "cases": len(opened.joined)}
    record_of_issue("hot_issue.parent_opened", locked, by=by, at=at, after=after)
    return opened


def _told(issue: HotIssue, members: Sequence[Case]) -> str:
    """Return the text of the parent case: what the issue is, and what the first reports say of it."""
    head = ngettext(
        "Hot issue %(number)s: %(count)s open report.",
        "Hot issue %(number)s: %(count)s open reports.",
        len(members),
    ) % {"number": issue.number, "count": len(members)}
    lines = [f"{case.number} {case.title}" for case in members[:20]]
    return "\n".join([head, issue.title, *lines])[:5000]


def _matter_of(members: Sequence[Case]) -> str:
    """Return the matter that most of the cases are about, as far as it is known."""
    codes = [case.matter.code for case in members if case.matter is not None and case.matter.is_active]
    return max(sorted(set(codes)), key=codes.count, default="")


@acting
def dismiss_issue(issue: HotIssue, *, reason: str, by: Person, at: datetime) -> HotIssue:
    """Take an issue off the list, with a reason; it stays off while most of its cases stay together."""
    locked = _locked(issue)
    note = required(reason, "reason")[:500]
    if not is_desk_of(by, locked):
        raise _not_the_desk()
    _must_be_open(locked)
    locked.state, locked.dismissed_because = HotIssue.DISMISSED, note
    locked.save(update_fields=["state", "dismissed_because"])
    record_of_issue("hot_issue.dismissed", locked, by=by, at=at, note=note)
    return locked


@acting
def put_into_issue(issue: HotIssue, *, case: Case, by: Person, at: datetime) -> HotIssue:
    """Put a case into an issue by hand; it stays there, whatever the next clustering finds."""
    locked = _locked(issue)
    _must_be_desk(case, by)
    _must_be_open(locked)
    others = HotIssue.objects.select_for_update(of=("self",)).filter(members__case=case).exclude(pk=locked.pk)
    left_by = list(others)
    HotMember.objects.update_or_create(case=case, defaults={"issue": locked, "by_hand": True})
    for each in (locked, *left_by):
        cases = list(Case.objects.filter(hot_member__issue=each))
        if cases:
            count_anew(each, cases, at=at)
            each.save()
    record_of_issue(
        "hot_issue.case_added", locked, by=by, at=at, after={"case": case.number, "heat": locked.heat}
    )
    return locked


def _locked(issue: HotIssue) -> HotIssue:
    return HotIssue.objects.select_for_update(of=("self",)).get(pk=issue.pk)


def _must_be_open(issue: HotIssue) -> None:
    if issue.state != HotIssue.OPEN:
        raise MoveNotAllowed(_("This hot issue is not open any more. Load the page again."))


def _must_be_desk(case: Case, by: Person) -> None:
    if Party.DESK not in parties_of(by, case):
        raise _not_the_desk()


def _not_the_desk() -> NotAllowed:
    return NotAllowed(_("Only the duty desk of the place acts on a hot issue."))
