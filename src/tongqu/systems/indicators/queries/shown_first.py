"""What the explorer shows where nothing was chosen: something of which there are figures."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.definition import Kind


def shown_first(indicator: str | None = None) -> tuple[str | None, str | None]:
    """Return the codes of an indicator and of a set that holds a division with a figure of it; None for what there is not.

    Without an indicator, that of the figure that was recorded last. Each look-up reads one row by an index, however many there are.
    """
    rows = Observation.objects.select_related("indicator")
    if indicator is None:
        found = rows.order_by("-pk").first()
    else:
        found = rows.filter(indicator__code=indicator).order_by("division_id", "kind", "period").first()
    if found is None:
        return None, None
    sets = DivisionSet.objects.filter(members=found.division_id).order_by("code")
    return found.indicator.code, sets.values_list("code", flat=True).first()


def shown_beside(indicator: Indicator, members: Collection[int], period: Period | None) -> str | None:
    """Return the code of another indicator that has a value of a member for the period, or of any other one; None where there is none."""
    others = Indicator.objects.exclude(pk=indicator.pk).order_by("code").values_list("code", flat=True)
    if period is None:
        return others.first()
    known = Observation.objects.filter(
        indicator=OuterRef("pk"),
        division__in=members,
        kind=KIND_NUMBERS[Kind.LEVEL],
        period=period.code,
        is_latest=True,
    )
    return others.filter(Exists(known)).first() or others.first()
