"""Finds hot issues among live cases: clusters them anew, keeps the numbers of known issues, tells of new and hotter ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Count, Max

from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.cases.actions.hot_facts import count_anew, record_of_issue
from tongqu.systems.cases.analytics.hot import HotIssue as Found
from tongqu.systems.cases.analytics.hot import hot_issues
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hot import HotCount, HotIssue, HotMember
from tongqu.systems.cases.queries.hot import clustered_cases, in_window, messages_by_place
from tongqu.systems.cases.rules.heat import has_heated, kept_numbers

LEAST_PEOPLE = 3
AGAIN_AFTER = timedelta(hours=20)
"""Without new reports issues are counted anew only so often, because they cool."""
Row = TypeVar("Row")

AT_ONCE = 100
"""Issues written by one act, so that nobody waits long for a turn to write."""


def count_hot_issues(*, at: datetime) -> int:
    """Cluster the reports of the window, keep the numbers of known issues, tell of new and hotter ones.

    Returns how many issues are open. Repeated without new reports it changes nothing. What the desk put into an issue by hand stays
    there; an issue of which no report lies in the window any more is over. The clustering, which may take minutes, only
    reads; what it found is written in several acts, and a count that was killed among them is made anew by the next one.
    """
    reach = clustered_cases(at).aggregate(newest=Max("pk"), count=Count("pk"))
    newest = reach["newest"] or 0
    last = HotCount.objects.filter(pk=1).first()
    if last is None or last.newest_case != newest or at - last.at >= AGAIN_AFTER:
        _count(at)
        HotCount.objects.update_or_create(
            pk=1, defaults={"at": at, "newest_case": newest, "case_count": reach["count"]}
        )
    return HotIssue.objects.filter(state=HotIssue.OPEN).count()


def _count(at: datetime) -> None:
    found = [
        each for part in messages_by_place(at) for each in hot_issues(part, at=at, least_people=LEAST_PEOPLE)
    ]
    known = _known()
    numbers = kept_numbers(known, [_keys(each) for each in found])
    clusters = list(zip(found, numbers, strict=True))
    for part in _batched(clusters, AT_ONCE):
        _write(part, at=at)
    for gone in _batched(sorted(known.keys() - set(numbers)), AT_ONCE):
        _end_all({number: known[number] for number in gone}, at=at)


def _batched(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    return (rows[place : place + size] for place in range(0, len(rows), size))


def _keys(found: Found) -> set[int]:
    return {int(key) for key in found.ids}


def _known() -> dict[int, set[int]]:
    """Return the cases of every issue that can go on: the open ones, and the dismissed, which stay dismissed."""
    going = HotIssue.objects.filter(state__in=[HotIssue.OPEN, HotIssue.DISMISSED])
    known: dict[int, set[int]] = {pk: set() for pk in going.values_list("pk", flat=True)}
    members = HotMember.objects.filter(issue__state__in=[HotIssue.OPEN, HotIssue.DISMISSED], by_hand=False)
    for issue, case in members.values_list("issue", "case"):
        known.setdefault(issue, set()).add(case)
    return known


@acting
def _write(clusters: Sequence[tuple[Found, int | None]], *, at: datetime) -> None:
    """Write clusters into the issues that they go on being, or into new ones.

    Cases that the desk put somewhere while they were being clustered stay where it put them; reports from before the
    window stay with their issue.
    """
    keys = {key for found, _number in clusters for key in _keys(found)}
    numbers = [number for _found, number in clusters if number is not None]
    issues = HotIssue.objects.select_for_update(of=("self",)).in_bulk(numbers)
    clustered = HotMember.objects.filter(by_hand=False)
    clustered.filter(case__in=keys).delete()
    clustered.filter(issue__in=numbers, case__in=in_window(at)).delete()
    free = Case.objects.filter(pk__in=keys).exclude(hot_member__by_hand=True).defer("answers").in_bulk()
    others: dict[int, list[Case]] = {}
    for case in Case.objects.filter(hot_member__issue__in=numbers).select_related("hot_member"):
        others.setdefault(case.hot_member.issue_id, []).append(case)
    for found, number in clusters:
        cases = [free[key] for key in sorted(_keys(found)) if key in free]
        if cases:
            issue = HotIssue(found_at=at) if number is None else issues[number]
            _write_one(issue, found, cases, others.get(issue.pk, []), at=at)


def _write_one(
    issue: HotIssue, found: Found, cases: Sequence[Case], others: Sequence[Case], *, at: datetime
) -> None:
    is_new = issue.pk is None
    issue.title, issue.why = found.title[:120], list(found.why)
    issue.place = next((case.place_text for case in cases if case.title == found.title), "")[:120]
    count_anew(issue, [*cases, *others], at=at)
    heated = not is_new and issue.state == HotIssue.OPEN and has_heated(issue.told_heat, issue.heat)
    before: dict[str, object] = {"heat": issue.told_heat} if heated else {}
    if is_new or heated:
        issue.told_heat = issue.heat
    issue.save()
    HotMember.objects.bulk_create(HotMember(issue=issue, case=case) for case in cases)
    if is_new or heated:
        verb = "hot_issue.heated" if heated else "hot_issue.found"
        after = {"heat": issue.heat, "people": issue.people, "cases": len(cases) + len(others)}
        record_of_issue(verb, issue, by=SYSTEM, at=at, before=before, after=after)


@acting
def _end_all(members_of: Mapping[int, set[int]], *, at: datetime) -> None:
    """End issues that are no clusters of their own any more: each went into another one, or is over."""
    gone = HotIssue.objects.select_for_update(of=("self",)).filter(pk__in=members_of).order_by("pk")
    for issue in list(gone):
        HotMember.objects.filter(issue=issue, by_hand=False, case__in=in_window(at)).delete()
        _end(issue, members_of[issue.pk], at=at)


def _end(issue: HotIssue, members: set[int], *, at: datetime) -> None:
    elsewhere = HotMember.objects.filter(case__in=members).exclude(issue=issue)
    heirs = Counter(elsewhere.values_list("issue", flat=True))
    heir = max(heirs, key=lambda pk: (heirs[pk], -pk), default=None)
    was_open = issue.state == HotIssue.OPEN
    issue.state, issue.counted_at = HotIssue.OVER, at
    if heir is not None and 2 * heirs[heir] > len(members):
        issue.state, issue.merged_into_id = HotIssue.MERGED, heir
    issue.save(update_fields=["state", "merged_into", "counted_at"])
    if issue.merged_into is not None:
        _inherit(issue.merged_into, issue, at=at)
    if was_open:
        verb = "hot_issue.merged" if issue.merged_into else "hot_issue.over"
        into = {"into": issue.merged_into.number} if issue.merged_into else {}
        record_of_issue(verb, issue, by=SYSTEM, at=at, after=into)


def _inherit(heir: HotIssue, issue: HotIssue, *, at: datetime) -> None:
    """Hand over what the desk put into an issue to the one that it went into."""
    if HotMember.objects.filter(issue=issue, by_hand=True).update(issue=heir):
        count_anew(heir, list(Case.objects.filter(hot_member__issue=heir)), at=at)
        heir.save()
