"""The route that shows who reported a case; every look is an act."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema

from tongqu.shared.access.api_frame import scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.systems.cases.actions.personal import view_personal_data
from tongqu.systems.cases.actions.reading import view_text
from tongqu.systems.cases.queries.cases import find_case

router = Router(tags=["cases"])


class PersonalOut(Schema):
    """What is masked elsewhere."""

    reporter_name: str
    reporter_phone: str
    email: str = Field(..., description="With which the report came, or nothing.")
    text: str


@router.post("/{number}/personal-data", response=PersonalOut, summary="See who reported a case")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def see_personal_data(request: HttpRequest, number: str) -> PersonalOut:
    """Return name, telephone and the whole text to the desk and the handling unit; the look is recorded."""
    person, at = person_of(request), now()
    case = find_case(person, number)
    if case is None:
        raise Http404
    reporter = view_personal_data(case, by=person, at=at)
    text = view_text(case, by=person, at=at)
    return PersonalOut(
        reporter_name=reporter.name, reporter_phone=reporter.phone, email=reporter.email, text=text
    )
