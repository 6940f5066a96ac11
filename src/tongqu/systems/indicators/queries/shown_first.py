"""What the explorer shows where nothing was chosen: something of which there are figures."""

from __future__ import annotations

from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.figures import Observation


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
