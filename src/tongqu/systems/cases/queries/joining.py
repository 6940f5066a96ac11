"""The cases that are handled as one: a parent and those joined to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.cases import visible_cases
from tongqu.systems.cases.rules.joining import people_among
from tongqu.systems.cases.rules.kinds import Purpose, Source

MOST_CHILDREN = 100
MOST_PHOTOS = 12


@dataclass(frozen=True)
class Family:
    """What is joined to a case: how many reports of how many people, those in the reader's sight, their photos."""

    count: int
    people: int
    children: list[Case]
    photos: list[Evidence]

    @property
    def is_cut(self) -> bool:
        """Whether there are more than are listed, or some lie out of sight."""
        return self.count > len(self.children)


def family_of(person: Person, case: Case) -> Family | None:
    """Return what is joined to the case, the oldest reports first; None when nothing is."""
    reporters = list(case.children.order_by().values_list("reporter_name", "reporter_phone"))
    if not reporters:
        return None
    own = [] if case.source == Source.PARENT else [(case.reporter_name, case.reporter_phone)]
    children = visible_cases(person).filter(parent=case).order_by("reported_at", "id")
    photos = Evidence.objects.filter(
        case_uses__case__in=children.values("pk"), case_uses__purpose=Purpose.REPORT, kind="photo"
    )
    return Family(
        count=len(reporters),
        people=people_among([*reporters, *own]),
        children=list(children[:MOST_CHILDREN]),
        photos=list(photos.distinct().order_by("stored_at", "pk")[:MOST_PHOTOS]),
    )


def joined_counts(cases: Iterable[Case]) -> dict[int, int]:
    """Return how many cases are joined to each of these, by their ids; those without any are left out."""
    ids = [case.pk for case in cases]
    rows = Case.objects.filter(parent__in=ids).order_by().values_list("parent").annotate(Count("pk"))
    return dict(rows)


def handled_with(case: Case) -> int:
    """Return how many other reports a joined case is handled together with."""
    others = Case.objects.filter(parent=case.parent_id).exclude(pk=case.pk).count()
    is_report = case.parent is not None and case.parent.source != Source.PARENT
    return others + is_report
