"""What of an indicator is ranked, in words."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from tongqu.systems.indicators.rules.ranking import Measure

MEASURE_LABELS = {
    Measure.VALUE: pgettext_lazy("what is ranked", "Value"),
    Measure.GROWTH: pgettext_lazy("what is ranked", "Growth on the year before, %"),
    Measure.CHANGE: pgettext_lazy("what is ranked", "Change on the year before"),
}
