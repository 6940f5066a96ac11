"""The routes of hot issues: the list, one issue with its cases, and what the desk does about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from tongqu.shared.access.api_frame import Page, Paging, paged, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.shared.region.models import Division, Person
from tongqu.systems.cases.actions.hot import dismiss_issue, open_parent_of, put_into_issue
from tongqu.systems.cases.api.routes import detail_of, division_path, found_case
from tongqu.systems.cases.api.shapes import CaseDetail, CaseOut, NamedOut, Words, case_out
from tongqu.systems.cases.models.hot import HotIssue
from tongqu.systems.cases.queries.cases import ORDERS
from tongqu.systems.cases.queries.hot import cases_of, find_issue, is_desk_of, issues, places_of, weekly

router = Router(tags=["cases"])

HOTTEST = ("-heat", "pk")
IssueState = Literal["open", "dismissed", "merged", "over"]


class IssueFilters(Schema):
    """Narrows the list of hot issues."""

    state: IssueState = "open"
    division: str = Field("", max_length=15, description="Code of a division; issues wholly in it count.")
    words: str = Field("", max_length=60, description="Words in title or place.")
    since: AwareDatetime | None = Field(None, description="With a report at or after, with zone.")


class HeatOut(Schema):
    """What the heat is made of: voices times the two factors."""

    people: int = Field(..., description="Told apart by telephone, else by name.")
    votes: int
    by_votes: float = Field(..., description="What the votes add to the people.")
    span_days: float
    lasting: float = Field(..., description="The factor for how long people have spoken of it: 1 to 1.5.")
    age_days: float = Field(..., description="From the last report to the last count.")
    freshness: float = Field(..., description="The factor for how lately: halved every 365 days.")


class IssueOut(Schema):
    """A hot issue as a list shows it."""

    id: int
    number: str = Field(..., examples=["R0012"])
    title: str
    place: str = Field(..., description="What its reports call the place.")
    division: NamedOut | None = Field(..., description="The smallest division in which all its cases lie.")
    state: IssueState
    heat: float
    people: int
    first_at: datetime
    last_at: datetime
    counted_at: datetime
    parent: str | None = Field(..., description="Number of the parent case that was opened for it.")
    merged_into: str | None = Field(..., description="Number of the issue that it went into.")
    is_invented: bool


class IssueDetail(IssueOut):
    """A hot issue with all that belongs to it; its cases are a list of their own."""

    words: list[str] = Field(..., description="The runs of characters that weigh most in its cases.")
    parts: HeatOut
    weeks: list[int] = Field(..., description="Reports in each of the last 13 weeks, the present one last.")
    dismissed_because: str
    is_desk: bool = Field(..., description="Whether the caller is on the duty desk that acts on it.")


class LeftOut(Schema):
    """A case that could not be joined."""

    number: str
    why: str


class ParentOpened(Schema):
    """The parent case of an issue."""

    parent: CaseDetail
    joined: list[str] = Field(..., description="Numbers of the cases joined to it.")
    left: list[LeftOut]


class DismissIn(Schema):
    """Takes an issue off the list."""

    reason: Words = Field(..., min_length=1, examples=["同一人换号重复反映"])


class CaseNamed(Schema):
    """Names a case."""

    case: str = Field(..., max_length=20, examples=["260916-000123"])


@router.get("", response=Page[IssueOut], summary="List hot issues (热点问题)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def list_issues(request: HttpRequest, paging: Query[Paging], filters: Query[IssueFilters]) -> Page[IssueOut]:
    """Return the issues that lie wholly within the caller's territory, the hottest first."""
    rows = issues(
        person_of(request),
        filters.state,
        division_path=division_path(filters.division),
        words=filters.words,
        since=filters.since,
    )
    leaf = paged(rows, paging, by=HOTTEST, show=lambda issue: issue)
    places = places_of(leaf.items)
    return Page[IssueOut](items=[IssueOut(**_fields(each, places)) for each in leaf.items], next=leaf.next)


@router.get("/{issue_number}", response=IssueDetail, summary="Read a hot issue")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def read_issue(request: HttpRequest, issue_number: int) -> IssueDetail:
    """Return an issue by its `id`, with what its heat is made of."""
    person = person_of(request)
    return _detail(_found(person, issue_number), person, now())


@router.get("/{issue_number}/cases", response=Page[CaseOut], summary="List the cases of a hot issue")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def list_issue_cases(request: HttpRequest, issue_number: int, paging: Query[Paging]) -> Page[CaseOut]:
    """Return the cases of an issue that are in sight, the newest first."""
    person, at = person_of(request), now()
    rows = cases_of(_found(person, issue_number), person)
    return paged(rows, paging, by=ORDERS["newest"], show=lambda case: case_out(case, at))


@router.post("/{issue_number}/parent", response={201: ParentOpened}, summary="Open one parent case")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def open_issue_parent(request: HttpRequest, issue_number: int) -> Status[ParentOpened]:
    """Join the open cases of an issue under one new case; those that cannot be joined are named."""
    person, at = person_of(request), now()
    opened = open_parent_of(_found(person, issue_number), by=person, at=at)
    made = ParentOpened(
        parent=detail_of(opened.parent, person, at),
        joined=[case.number for case in opened.joined],
        left=[LeftOut(number=case.number, why=why) for case, why in opened.left],
    )
    return Status(201, made)


@router.post("/{issue_number}/dismiss", response=IssueDetail, summary="Dismiss a hot issue")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def dismiss_hot_issue(request: HttpRequest, issue_number: int, body: DismissIn) -> IssueDetail:
    """Take an issue off the list, with a reason; it stays off while most of its cases stay together."""
    person, at = person_of(request), now()
    issue = dismiss_issue(_found(person, issue_number), reason=body.reason, by=person, at=at)
    return _detail(issue, person, at)


@router.post("/{issue_number}/cases", response=IssueDetail, summary="Put a case into a hot issue")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def put_case(request: HttpRequest, issue_number: int, body: CaseNamed) -> IssueDetail:
    """Put a case into an issue; it stays there, whatever the next count finds."""
    person, at = person_of(request), now()
    issue, case = _found(person, issue_number), found_case(person, body.case)
    return _detail(put_into_issue(issue, case=case, by=person, at=at), person, at)


def _found(person: Person, number: int) -> HotIssue:
    issue = find_issue(person, number)
    if issue is None:
        raise Http404
    return issue


_SAME = (
    "id", "number", "title", "place", "state", "heat", "people", "first_at", "last_at", "counted_at", "is_invented",
)  # fmt: skip


def _fields(issue: HotIssue, places: Mapping[str, Division]) -> dict[str, Any]:
    place = places.get(issue.division_path)
    return {
        **{name: getattr(issue, name) for name in _SAME},
        "division": {"code": place.code, "name": place.name} if place else None,
        "parent": issue.parent.number if issue.parent else None,
        "merged_into": issue.merged_into.number if issue.merged_into else None,
    }


def _detail(issue: HotIssue, person: Person, at: datetime) -> IssueDetail:
    return IssueDetail(
        **_fields(issue, places_of([issue])),
        words=issue.why,
        parts=HeatOut.from_orm(issue.parts),
        weeks=weekly([issue], at)[issue.pk],
        dismissed_because=issue.dismissed_because,
        is_desk=is_desk_of(person, issue),
    )
