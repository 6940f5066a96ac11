"""The filters that a person can choose for the queue, with live counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.timezone import make_aware

from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.filters import FirstFilter, SavedFilter
from tongqu.systems.cases.queries.cases import GROUPS, Wanted, chosen
from tongqu.systems.cases.rules.lifecycle import OPEN
from tongqu.systems.cases.rules.presets import Preset, presets_for

MOST_COUNTED = 1000
"""Cases are counted up to here; what is more shows as 999+."""


@dataclass(frozen=True)
class Choice:
    """A filter to choose: a preset of the person's role (without `saved`), or one that somebody saved."""

    key: str
    query: Mapping[str, str]
    saved: SavedFilter | None = None
    is_own: bool = False


def filters_of(person: Person) -> list[Choice]:
    """Return the presets of the person's roles, then their own filters, then those shared with their units."""
    presets = [Choice(preset.key, _query(preset, person)) for preset in presets_for(person.roles)]
    saved = SavedFilter.objects.visible_to(person).select_related("unit", "owner")
    found = [Choice(str(one.pk), one.query, one, one.owner_id == person.pk) for one in saved]
    return [*presets, *sorted(found, key=lambda choice: not choice.is_own)]


def _query(preset: Preset, person: Person) -> dict[str, str]:
    units = person.units_as(Role.HANDLER, Role.UNIT_HEAD)
    return {**preset.query, **({"unit": units[0].path} if preset.own_unit and units else {})}


def first_filter(person: Person) -> SavedFilter | None:
    """Return the filter that the person's queue opens with, if they still see it."""
    first = FirstFilter.objects.filter(person=person).values("filter")
    return SavedFilter.objects.visible_to(person).filter(pk__in=first).first()


def saved_filter(person: Person, number: int) -> SavedFilter | None:
    """Return a saved filter that the person may see."""
    return SavedFilter.objects.visible_to(person).filter(pk=number).first()


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """Return what a saved filter asks for; values that mean nothing find nothing or are left out."""
    group, division = query.get("group", "open"), query.get("division", "")
    return Wanted(
        group=group if group in GROUPS else "open",
        matter=query.get("matter", ""),
        matter_class=query.get("matter_class", ""),
        track=query.get("track", ""),
        division="" if division == "none" else division,
        no_place=division == "none",
        unit=query.get("unit", ""),
        lamp=query.get("lamp", ""),
        source=query.get("source", ""),
        outcome=query.get("outcome", ""),
        words=query.get("words", ""),
        since=_midnight(query.get("since", "")),
        until=_midnight(query.get("until", ""), days=1),
    )


def _midnight(text: str, days: int = 0) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return make_aware(datetime.combine(day + timedelta(days=days), time.min))


def count_of(person: Person, wanted: Wanted, at: datetime) -> int | None:
    """Return how many cases fit, up to `MOST_COUNTED`; None where counting would read ended cases or words."""
    if wanted.words or wanted.outcome or not GROUPS[wanted.group] <= OPEN:
        return None
    return chosen(Case.objects.visible_to(person), wanted, at).order_by()[:MOST_COUNTED].count()
