"""The changes of a pair as the viewer's script reads them, in the reader's language."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import shapely
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tongqu.systems.timeline.models.change import GroundChange
from tongqu.systems.timeline.queries.change_messages import CAUSES, FATES, NOT_COMPARED, VERDICTS
from tongqu.systems.timeline.queries.changes import PairChanges, Told
from tongqu.systems.timeline.rules.changes import TOLD_SCORE, Cause, NotCompared, Verdict, Worth

WHOLE_FROM_M2 = 10


def told_pair(pair: PairChanges, worth: Worth) -> dict[str, Any]:
    """Return how far the pair is, the sentence about that, and the changes with outlines in degrees.

    `state` is "unasked", "aligning", "waiting", "refused" or "done".
    """
    return {
        "state": _state(pair),
        "words": _words(pair),
        "before": pair.before.pk,
        "after": pair.after.pk,
        "changes": [_told(each) for each in pair.changes],
        "followed": pair.followed,
        "waiting": pair.waiting,
        "worth": worth_in_words(worth),
    }


def _state(pair: PairChanges) -> str:
    if pair.refused is not None:
        return "aligning" if pair.refused == NotCompared.ALIGNING else "refused"
    return "unasked" if pair.state is None else str(pair.state)


def _words(pair: PairChanges) -> str:
    return "" if pair.refused is None else str(NOT_COMPARED[pair.refused])


def _told(told: Told) -> dict[str, Any]:
    change = told.change
    return {
        "id": change.pk,
        "number": change.place,
        "area_m2": round(change.area_m2, 1),
        "area": area_in_words(change.area_m2),
        "score": round(change.score, 2),
        "is_told": change.score >= TOLD_SCORE and not change.like_vehicle,
        "like_vehicle": change.like_vehicle,
        "fate": str(told.fate or ""),
        "fate_words": "" if told.fate is None else str(FATES[told.fate]),
        "verdict": change.verdict,
        "verdict_words": said_in_words(change),
        "case": None if told.case is None else asdict(told.case),
        "has_case": bool(change.case_number),
        "case_nearby": None if told.case_nearby is None else asdict(told.case_nearby),
        "place": [round(change.lon, 7), round(change.lat, 7)],
        "outline": shapely.geometry.mapping(change.shape),
        "judge": reverse("timeline:change-judge", args=[change.pk]),
        "open": reverse("timeline:change-case", args=[change.pk]),
    }


def said_in_words(change: GroundChange) -> str:
    """Return what was said of a change, by whom is left to the journal."""
    if not change.verdict:
        return ""
    verdict = str(VERDICTS[Verdict(change.verdict)])
    parts = [
        str(CAUSES[Cause(change.cause)]) if change.cause and change.cause != Cause.OTHER else "",
        change.note,
    ]
    said = " · ".join(part for part in parts if part)
    day = f"{localtime(change.judged_at):%Y-%m-%d}" if change.judged_at else ""
    return " · ".join(part for part in (verdict, said, day) if part)


def area_in_words(area_m2: float) -> str:
    """Return an area for a list: whole square metres, tenths below ten."""
    return _("%(area)s m²") % {"area": number_format(area_m2, 1 if area_m2 < WHOLE_FROM_M2 else 0)}


def worth_in_words(worth: Worth) -> str:
    """Return how far changes can be trusted: what people judged, and what was measured on drawn scenes."""
    drawn = _("On drawn scenes about half of the places told on difficult pairs were none, and seven in ten changes below 8 m² were missed.")  # fmt: skip
    if worth.precision is None:
        return pgettext("worth", "Nobody judged any change here yet.") + " " + drawn
    low, high = worth.span
    said = _(
        "Of %(judged)s places that people judged, %(real)s were changes: %(share)s %% (95 %%: %(low)s–%(high)s %%)."
    ) % {
        "judged": worth.judged,
        "real": worth.real,
        "share": round(worth.precision * 100),
        "low": round(low * 100),
        "high": round(high * 100),
    }
    return f"{said} {drawn}"
