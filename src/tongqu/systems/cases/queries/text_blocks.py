"""Reads blocks of text: those that fit a case, with its particulars filled in, and those that a person looks after."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from tongqu.shared.region.models import Person, Unit
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.text_block import TextBlock
from tongqu.systems.cases.rules.text_blocks import filled

KEEPERS = frozenset({Role.UNIT_HEAD, Role.DUTY_DESK, Role.REGION_ADMIN})


@dataclass(frozen=True)
class Filled:
    """A block as it goes into a reply to a case."""

    title: str
    text: str


def blocks_in_sight(person: Person) -> QuerySet[TextBlock]:
    """Return the blocks of the region, of the person's units and of the units above them."""
    above = {
        path[: end + 1]
        for path in (posting.unit.path for posting in person.postings_now)
        for end, letter in enumerate(path)
        if letter == "/"
    }
    mine = Q(unit__isnull=True) | Q(unit__path__in=above)
    everything = TextBlock.objects.select_related("unit", "matter")
    return everything if person.is_superuser else everything.filter(mine)


def blocks_for(case: Case, person: Person) -> list[Filled]:
    """Return the blocks in use that fit the matter of the case, its own before those for its class and for any."""
    matter = case.matter
    fits = Q(matter__isnull=True, class_name="")
    if matter is not None:
        fits |= Q(matter=matter) | Q(matter__isnull=True, class_name=matter.class_name)
    values = values_of(case)
    found = blocks_in_sight(person).filter(fits, is_active=True)
    ordered = sorted(found, key=lambda block: (block.matter_id is None, not block.class_name, block.title))
    return [Filled(block.title, filled(block.text, values)) for block in ordered]


def values_of(case: Case) -> dict[str, str]:
    """Return what the placeholders stand for in this case; what is not known yet is empty."""
    return {
        "number": case.number,
        "unit": case.owner_unit.name if case.owner_unit else "",
        "matter": case.matter.name if case.matter else "",
        "due": f"{localtime(case.duty.due_at):%Y年%-m月%-d日}" if case.duty else "",
        "handling": case.handling_text,
    }


def kept_units(person: Person) -> list[Unit]:
    """Return the units whose blocks the person may change."""
    units = {p.unit.pk: p.unit for p in person.postings_now if p.role in KEEPERS}
    return sorted(units.values(), key=lambda unit: unit.path)


def may_keep(person: Person, unit: Unit | None) -> bool:
    """Answer whether the person may change blocks of the unit; without a unit, those of the region."""
    if unit is None:
        return person.is_superuser or any(p.role == Role.REGION_ADMIN for p in person.postings_now)
    return person.is_superuser or any(each.pk == unit.pk for each in kept_units(person))
