"""Says in words why two photos are not compared, what became of a change, and what it is instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.systems.timeline.analytics.change.lasting import Fate
from tongqu.systems.timeline.rules.changes import Cause, NotCompared, Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

NOT_COMPARED: Mapping[NotCompared, StrPromise] = {
    NotCompared.APPROXIMATE: _("One of the photos does not say which ground it shows."),
    NotCompared.ALIGNING: _("The photos are still being aligned; changes are told after that."),
    NotCompared.NOT_ALIGNED: _("The photos are not aligned by the pictures, so no change is told."),
    NotCompared.LOOSE: _("The photos lie on each other too loosely, so no change is told."),
    NotCompared.LITTLE_COMMON: _("The photos have hardly any ground in common."),
    NotCompared.COARSE: _("One of the photos is too coarse for this: more than 0.6 m of ground to a pixel."),
    NotCompared.FROM_ELSEWHERE: _(
        "The photos look from too different directions: whatever stands up leans another way in each."
    ),
    NotCompared.UNREADABLE: _("The file of one of the photos could not be read."),
}
FATES: Mapping[Fate, StrPromise] = {
    Fate.LASTING: pgettext_lazy("change", "Lasting"),
    Fate.PASSING: pgettext_lazy("change", "Passing"),
    Fate.NEW: pgettext_lazy("change", "New"),
}
CAUSES: Mapping[Cause, StrPromise] = {
    Cause.SHADOW: pgettext_lazy("no change", "Shadow"),
    Cause.SEASON: pgettext_lazy("no change", "Season, plants, crops"),
    Cause.VEHICLE: pgettext_lazy("no change", "Vehicle or people passing"),
    Cause.LEAN: pgettext_lazy("no change", "Roof or tree that leans another way, pictures beside each other"),
    Cause.OTHER: pgettext_lazy("no change", "Something else (write what)"),
}
VERDICTS: Mapping[Verdict, StrPromise] = {
    Verdict.REAL: pgettext_lazy("change", "Confirmed"),
    Verdict.NONE: pgettext_lazy("change", "Set aside"),
}
