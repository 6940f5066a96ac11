"""Who uses a piece of evidence, and who has seen it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from tongqu.shared.evidence.models import Evidence, Grant
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.queries import facts_of
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person


@dataclass(frozen=True)
class Use:
    """A subject that rests on the evidence: what it is, in words, and where it is shown."""

    kind: str
    label: str
    url: str = ""


Finder = Callable[[Evidence, Person], Iterable[Use]]
_finders: list[Finder] = []


def on_uses(finder: Finder) -> None:
    """Have the finder asked for the uses of a piece of evidence that a person may see; call it from `ready()`."""
    if finder not in _finders:
        _finders.append(finder)


def uses_of(evidence: Evidence, person: Person) -> list[Use]:
    """Return every use that the person may see."""
    return [use for finder in _finders for use in finder(evidence, person)]


def story_of(evidence: Evidence) -> list[Fact]:
    """Return what happened to the evidence, oldest first, without the looks at it."""
    return list(facts_of(Subject("evidence", evidence.sha256)).exclude(verb="evidence.viewed"))


def looks_at(evidence: Evidence, most: int = 200) -> list[Fact]:
    """Return the last looks at restricted evidence, newest first."""
    seen = facts_of(Subject("evidence", evidence.sha256)).filter(verb="evidence.viewed")
    return list(seen.order_by("-seq")[:most])


def grants_on(evidence: Evidence, at: datetime) -> list[Grant]:
    """Return the grants in force that cover this evidence."""
    one = Grant.objects.in_force(at).filter(evidence=evidence).select_related("unit")
    ruled = Grant.objects.in_force(at).filter(evidence=None).select_related("unit", "division", "from_unit")
    covering = [g for g in ruled if Evidence.objects.filter(g.covers(), pk=evidence.pk).exists()]
    return [*one, *covering]
