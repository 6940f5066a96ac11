"""Says in words why a photo lies on the others only by its pose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tongqu.systems.timeline.analytics.registration.quality import Reason
from tongqu.systems.timeline.rules.alignments import BY_NEIGHBOUR, UNREADABLE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

REASONS: Mapping[str, StrPromise] = {
    Reason.REGISTERED: _("The pictures show the same ground."),
    BY_NEIGHBOUR: _("It was aligned by way of a photo taken at about the same time."),
    UNREADABLE: _("Its file could not be read."),
    Reason.FEW_MATCHES: _("Too few points of one picture are found in the other."),
    Reason.FEW_MEASURED: _("Too few points could be measured exactly."),
    Reason.LARGE_RESIDUAL: _("The best fit leaves too large errors."),
    Reason.HELD_BACK_DISAGREES: _("Points that the fit did not use do not agree with it."),
    Reason.AGAINST_POSE: _(
        "The pictures fit together elsewhere than their poses say, on too little evidence."
    ),
    Reason.LITTLE_SUPPORT: _("The pictures agree on a small part of their common ground only."),
    Reason.LOOKS_DIFFERENT: _("Some points agree, but the ground around them does not look alike."),
    Reason.LITTLE_OVERLAP: _("The pictures have hardly any ground in common."),
}


def reason_in_words(reason: str) -> str:
    """Return the reason of an alignment or of its refusal as a sentence.

    >>> reason_in_words("of another version") == reason_in_words(Reason.FEW_MATCHES)
    True
    """
    return str(REASONS.get(reason, REASONS[Reason.FEW_MATCHES]))
