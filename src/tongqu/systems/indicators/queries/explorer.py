"""What the explorer shows at first: the newest period for which a member of a set has a figure."""

from __future__ import annotations

from django.db.models import Max

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.definition import Kind


def newest_period(indicator: Indicator, division_set: DivisionSet) -> Period | None:
    """Return the newest period of an indicator among the members of a set, or None without any figure."""
    members = division_set.members.values_list("pk", flat=True)
    rows = Observation.objects.filter(
        indicator=indicator, division__in=list(members), kind=KIND_NUMBERS[Kind.LEVEL]
    )
    code = rows.aggregate(newest=Max("period"))["newest"]
    return None if code is None else Period.of_code(code)
