"""Finds hot issues among live cases, and acts on them: one parent case, dismissal, a case put into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.parents import Opened, open_parent
from tongqu.systems.cases.actions.steps import required
from tongqu.systems.cases.analytics.hot import HotIssue as Found
from tongqu.systems.cases.analytics.hot import hot_issues
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hot import HotCount, HotIssue, HotMember
from tongqu.systems.cases.queries.answering import parties_of
from tongqu.systems.cases.queries.hot import clustered_cases, common_path, is_desk_of, message_of
from tongqu.systems.cases.rules.heat import has_heated, kept_numbers
from tongqu.systems.cases.rules.lifecycle import JOINABLE, Party

LEAST_PEOPLE = 3
AGAIN_AFTER = timedelta(hours=20)
"""Without new reports issues are counted anew only so often, because they cool."""


@acting
def count_hot_issues(*, at: datetime) -> int:
    """Cluster the reports of the window, keep the numbers of known issues, tell of new and hotter ones.

    Returns how many issues are open. Repeated without new reports it changes nothing. What the desk put into an issue by hand stays
    there; an issue of which no report lies in the window any more is over.
    """
    cases = clustered_cases(at)
    newest = max((case.pk for case in cases), default=0)
    last = HotCount.objects.select_for_update().filter(pk=1).first()
    if last and last.newest_case == newest and at - last.at < AGAIN_AFTER:
        return HotIssue.objects.filter(state=HotIssue.OPEN).count()
    HotCount.objects.update_or_create(
        pk=1, defaults={"at": at, "newest_case": newest, "case_count": len(cases)}
    )
    by_hand = set(HotMember.objects.filter(by_hand=True).values_list("case", flat=True))
    free = [message_of(case) for case in cases if case.pk not in by_hand]
    found = hot_issues(free, at=at, least_people=LEAST_PEOPLE)
    by_pk = {case.pk: case for case in cases}
    known = _known()
    numbers = kept_numbers(known, [_keys(each) for each in found])
    kept = {number for number in numbers if number is not None}
    HotMember.objects.filter(by_hand=False, case__in=[*by_pk]).delete()
    for each, number in zip(found, numbers, strict=True):
        _write(each, number, by_pk, at=at)
    for number in known.keys() - kept:
        _end(HotIssue.objects.get(pk=number), known[number], at=at)
    return HotIssue.objects.filter(state=HotIssue.OPEN).count()


def _keys(found: Found) -> set[int]:
    return {int(key) for key in found.ids}


def _known() -> dict[int, set[int]]:
    """Return the cases of every issue that can go on: the open ones, and the dismissed, which stay dismissed."""
    going = [HotIssue.OPEN, HotIssue.DISMISSED]
    known: dict[int, set[int]] = {
        pk: set() for pk in HotIssue.objects.filter(state__in=going).values_list("pk", flat=True)
    }
    for issue, case in HotMember.objects.filter(issue__in=[*known], by_hand=False).values_list(
        "issue", "case"
    ):
        known[issue].add(case)
    return known


def _write(found: Found, number: int | None, by_pk: dict[int, Case], *, at: datetime) -> None:
    """Write a cluster into its issue, or into a new one, with its members, and tell of it if it is due."""
    issue = HotIssue(found_at=at) if number is None else HotIssue.objects.get(pk=number)
    cases = [by_pk[key] for key in sorted(_keys(found))]
    issue.title, issue.why = found.title[:120], list(found.why)
    issue.place = next((case.place_text for case in cases if case.title == found.title), "")[:120]
    _count(issue, cases, at=at)
    if number is None:
        issue.told_heat = issue.heat
        issue.save()
    HotMember.objects.bulk_create(HotMember(issue=issue, case=case) for case in cases)
    everything = list(Case.objects.filter(hot_member__issue=issue))
    _count(issue, everything, at=at)
    before: dict[str, object] = {} if number is None else {"heat": issue.told_heat}
    heated = number is not None and issue.state == HotIssue.OPEN and has_heated(issue.told_heat, issue.heat)
    if heated or number is None:
        issue.told_heat = issue.heat
        verb = "hot_issue.heated" if heated else "hot_issue.found"
        after = {"heat": issue.heat, "people": issue.people, "cases": len(everything)}
        _record(verb, issue, by=SYSTEM, at=at, before=before, after=after)
    issue.save()


def _count(issue: HotIssue, cases: Sequence[Case], *, at: datetime) -> None:
    """Count what the heat is made of anew, over all cases of the issue."""
    issue.people = len({message_of(case).person for case in cases})
    issue.first_at = min(case.reported_at for case in cases)
    issue.last_at = max(case.reported_at for case in cases)
    issue.counted_at = max(at, issue.last_at)
    issue.division_path = common_path(case.division_path for case in cases)
    issue.is_invented = all(case.is_invented for case in cases)
    issue.heat = round(issue.parts.index, 2)


def _end(issue: HotIssue, members: set[int], *, at: datetime) -> None:
    """End an issue that is no cluster of its own any more: it went into another one, or is over."""
    elsewhere = HotMember.objects.filter(case__in=members).exclude(issue=issue)
    heirs = list(elsewhere.values_list("issue", flat=True))
    heir = max(set(heirs), key=lambda pk: (heirs.count(pk), -pk), default=None)
    was_open = issue.state == HotIssue.OPEN
    if heir is not None and 2 * heirs.count(heir) > len(members):
        issue.state, issue.merged_into_id = HotIssue.MERGED, heir
    else:
        issue.state = HotIssue.OVER
    issue.counted_at = at
    issue.save(update_fields=["state", "merged_into", "counted_at"])
    if was_open:
        verb = "hot_issue.merged" if issue.state == HotIssue.MERGED else "hot_issue.over"
        into = {"into": issue.merged_into.number} if issue.merged_into else {}
        _record(verb, issue, by=SYSTEM, at=at, after=into)


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
    _record("hot_issue.parent_opened", locked, by=by, at=at, after=after)
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
    _record("hot_issue.dismissed", locked, by=by, at=at, note=note)
    return locked


@acting
def put_into_issue(issue: HotIssue, *, case: Case, by: Person, at: datetime) -> HotIssue:
    """Put a case into an issue by hand; it stays there, whatever the next clustering finds."""
    locked = _locked(issue)
    _must_be_desk(case, by)
    _must_be_open(locked)
    HotMember.objects.update_or_create(case=case, defaults={"issue": locked, "by_hand": True})
    _count(locked, list(Case.objects.filter(hot_member__issue=locked)), at=at)
    locked.save()
    _record("hot_issue.case_added", locked, by=by, at=at, after={"case": case.number, "heat": locked.heat})
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


def _record(
    verb: str,
    issue: HotIssue,
    *,
    by: Actor,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
) -> None:
    record(
        verb,
        issue.subject,
        by=by,
        at=at,
        label=str(issue),
        before=before,
        after=after,
        note=note,
        division_path=issue.division_path,
    )
