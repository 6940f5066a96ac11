"""A responsibility list for the tests of the town."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conftest import Town
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.routing import add_entry, approve, draft_list, submit
from tongqu.systems.cases.models.routing import RoutingList
from tongqu.systems.cases.tests.factories import matter


def entry(division: str = "330800", lead: str = "desk", **more: str) -> dict[str, str]:
    """The values of an entry."""
    return {"division": division, "lead": lead, **more}


COUNTY = entry("330803", "zhzf-qujiang", class_code="E-ENV", assisting="qujiang")
TOWNSHIP = entry("330803102", "lianhua", matter="EENV02", handle_allowance="2h", verifier="qujiang")


def draft(by: Person, at: datetime, *entries: dict[str, str], **more: Any) -> RoutingList:
    """A draft with these entries."""
    matter()
    made = draft_list(title="责任清单", by=by, at=at, **more)
    for values in entries:
        add_entry(made, values, by=by, at=at)
    made.refresh_from_db()
    return made


def in_force(town: Town, at: datetime, *entries: dict[str, str]) -> RoutingList:
    """A list in force: the desk of the region leads everything that no other entry speaks of."""
    made = draft(town.desk_officer, at, entry(), *entries, is_empty=True)
    return approve(submit(made, by=town.desk_officer, at=at), in_force_from=at, by=town.region_admin, at=at)
