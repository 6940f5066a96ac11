"""Words of responsibility lists: `{% load cases_routing %}`."""

from __future__ import annotations

from typing import Any

from django import template

from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.labels import GRADE_LABELS
from tongqu.systems.cases.models.routing import RoutingList
from tongqu.systems.cases.pages.routing_sentences import FIELDS
from tongqu.systems.cases.queries.routing import Routing, keeps_lists, since_words, why_none
from tongqu.systems.cases.rules.kinds import Grade

register = template.Library()


@register.filter
def in_force_since(routing_list: RoutingList) -> str:
    """Return the day from which a list is in force."""
    return since_words(routing_list)


@register.filter
def why_nobody(routing: Routing) -> str:
    """Return why the list offers nobody."""
    return why_none(routing)


@register.filter
def may_keep_lists(person: object) -> bool:
    """Answer whether the reader keeps the responsibility lists."""
    return isinstance(person, Person) and keeps_lists(person)


@register.filter
def grade_word(grade: str) -> Any:
    """Return a grade in words."""
    return GRADE_LABELS[Grade(grade)]


@register.filter
def column_word(column: str) -> Any:
    """Return the name of a column of a list."""
    return FIELDS.get(f"entry_{column}", column)
