"""Reads hot issues of live cases: what is clustered, what a person sees, and where a new report may belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime

from tongqu.shared.region.models import Division, Person, below
from tongqu.systems.cases.analytics.hot import Message
from tongqu.systems.cases.models.case import Case, CaseQuerySet
from tongqu.systems.cases.models.hot import HotIssue, HotMember
from tongqu.systems.cases.queries.answering import parties_of
from tongqu.systems.cases.queries.cases import visible_cases
from tongqu.systems.cases.queries.duplicates import compared
from tongqu.systems.cases.rules.heat import small_places
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.lifecycle import Party, State

MOST_CLUSTERED = 6000
"""Time and memory of a clustering grow with the square of this."""
TOWNSHIP_PATH = 9
COUNTY_PATH = 6
MOST_COMPARED = 8
MOST_ISSUES_COMPARED = 20
LEAST_OFFERED = 0.40
WEEKS_SHOWN = 13


def in_window(at: datetime) -> QuerySet[Case]:
    """Return the cases reported in the last days, of which hot issues are made."""
    return Case.objects.filter(
        reported_at__gte=at - timedelta(days=settings.HOT_WINDOW_DAYS), reported_at__lte=at
    )


def clustered_cases(at: datetime) -> QuerySet[Case]:
    """Return the reports that are clustered: none that was rejected, and no case that stands for several."""
    return in_window(at).exclude(state=State.REJECTED).exclude(source=Source.PARENT)


def messages_by_place(at: datetime) -> Iterator[list[Message]]:
    """Yield the reports to be clustered, by places that have no more than 6,000; of a smallest place the newest."""
    cases = clustered_cases(at).exclude(hot_member__by_hand=True)
    counts = dict(cases.order_by().values_list("division_path").annotate(Count("pk")))
    for paths in small_places(counts, MOST_CLUSTERED):
        rows = cases.filter(division_path__in=paths).order_by("-reported_at", "-pk").only(*_CLUSTERED_BY)
        yield [message_of(case) for case in rows[:MOST_CLUSTERED]]


_CLUSTERED_BY = (
    "reporter_phone", "reporter_name", "title", "text", "place_text", "division", "division_path", "reported_at",
    "lon", "lat",
)  # fmt: skip


def person_behind(case: Case) -> str:
    """Return what tells the people of reports apart: the telephone, else the name, else each report is one."""
    return case.reporter_phone or case.reporter_name or f"case {case.pk}"


def message_of(case: Case) -> Message:
    """Return a case as it is clustered."""
    body = f"{case.text} {case.place_text}"
    place = case.division_path[:TOWNSHIP_PATH] if case.division_id else ""
    point = (case.lon, case.lat) if case.lon is not None and case.lat is not None else None
    return Message(
        str(case.pk), person_behind(case), case.title, body, case.reported_at, place=place, point=point
    )


def common_path(paths: Iterable[str]) -> str:
    """Return the path of the smallest division that holds all these."""
    each = list(paths)
    longest = min((len(path) for path in each), default=0)
    for length in sorted({4, COUNTY_PATH, TOWNSHIP_PATH, 12, 15, longest}, reverse=True):
        if length <= longest and len({path[:length] for path in each}) == 1:
            return each[0][:length]
    return ""


def issues(
    person: Person,
    state: str = HotIssue.OPEN,
    *,
    division_path: str = "",
    words: str = "",
    since: datetime | None = None,
) -> QuerySet[HotIssue]:
    """Return the issues that the person sees in a state, the hottest first.

    Narrowed to those wholly in a division, with each word in title or place, or with a report at `since` or after.
    """
    found = HotIssue.objects.visible_to(person).filter(state=state).select_related("parent", "merged_into")
    if division_path:
        found = found.filter(below("division_path", division_path))
    for word in words.split():
        found = found.filter(Q(title__contains=word) | Q(place__contains=word))
    return found.filter(last_at__gte=since) if since else found


def places_of(found: Iterable[HotIssue]) -> dict[str, Division]:
    """Return the divisions in which issues lie, by their paths."""
    paths = {issue.division_path for issue in found}
    return {each.path: each for each in Division.objects.filter(path__in=paths).defer("outline")}


def find_issue(person: Person, pk: int) -> HotIssue | None:
    """Return the issue if there is one and the person sees it."""
    seen = HotIssue.objects.visible_to(person).select_related("parent", "merged_into")
    return seen.filter(pk=pk).first()


def is_desk_of(person: Person, issue: HotIssue) -> bool:
    """Answer whether the person is on the duty desk of a unit whose territory holds the whole issue."""
    return Party.DESK in parties_of(person, Case(division_path=issue.division_path))


def cases_of(issue: HotIssue, person: Person) -> CaseQuerySet:
    """Return the cases of the issue in the person's sight, the newest first."""
    return visible_cases(person).filter(hot_member__issue=issue).order_by("-reported_at", "-pk")


def weekly(found: Iterable[HotIssue], at: datetime) -> dict[int, list[int]]:
    """Return for each issue how many reports came in each of the last 13 weeks, the present one last."""
    keys = [issue.pk for issue in found]
    rows = HotMember.objects.filter(issue__in=keys).values_list("issue", "case__reported_at")
    counts: dict[int, Counter[int]] = {key: Counter() for key in keys}
    for key, reported_at in rows:
        counts[key][(at - reported_at).days // 7] += 1
    return {key: [own[week] for week in range(WEEKS_SHOWN - 1, -1, -1)] for key, own in counts.items()}


def week_names(at: datetime) -> list[str]:
    """Return the first day of each of the weeks that `weekly` counts."""
    return [
        f"{localtime(at - timedelta(days=7 * week + 6)):%m-%d}" for week in range(WEEKS_SHOWN - 1, -1, -1)
    ]


@dataclass(frozen=True)
class Offer:
    """A hot issue that a report belongs to, or may belong to."""

    issue: HotIssue
    is_member: bool
    percent: int = 0


def offered_issue(person: Person, case: Case) -> Offer | None:
    """Return the open issue that the case is in, else the one whose latest cases it is likest, if it is like them.

    Compared are the eight latest cases of each of the twenty hottest open issues of its county. The mean of the three highest
    scores must reach 0.40, `rules.duplicates` telling how one score is made.
    """
    own = HotMember.objects.select_related("issue").filter(case=case).first()
    if own is not None:
        is_shown = own.issue.state == HotIssue.OPEN and find_issue(person, own.issue.pk) is not None
        return Offer(own.issue, True) if is_shown else None
    nearby = issues(person, division_path=case.division_path[:COUNTY_PATH])
    best = max(
        ((_likeness(case, issue), -issue.pk, issue) for issue in nearby[:MOST_ISSUES_COMPARED]), default=None
    )
    if best is None or best[0] < LEAST_OFFERED:
        return None
    return Offer(best[2], False, round(100 * best[0]))


def _likeness(case: Case, issue: HotIssue) -> float:
    latest = Case.objects.filter(hot_member__issue=issue).order_by("-reported_at", "-pk")[:MOST_COMPARED]
    compared_with = [compared(case, other) for other in latest]
    scores = sorted((each.score if each.is_offered else 0.0 for each in compared_with), reverse=True)[:3]
    return sum(scores) / max(len(scores), 1)
