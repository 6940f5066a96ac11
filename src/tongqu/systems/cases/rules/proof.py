"""What shows that the work on a case is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tongqu.systems.cases.rules.kinds import VerifyBy


class Lack(StrEnum):
    """What is missing to call a case verified."""

    NOTE = "note-missing"
    WORD = "reporter-word-missing"
    PHOTO = "newer-photo-missing"
    AIR_PHOTO = "newer-air-photo-missing"


@dataclass(frozen=True)
class Shot:
    """A photo beside a case: when it was taken, how far from the case's place, whether from the air.

    `distance_m` is None when the photo or the case has no position.
    """

    taken_at: datetime | None
    distance_m: float | None
    from_air: bool = False

    def shows(self, *, handled_at: datetime | None, radius_m: float, place_known: bool) -> bool:
        """Answer whether the photo can show that the work is done: newer than it, and near enough.

        A case without a point cannot be measured against; there the time alone decides.
        """
        if self.taken_at is None or handled_at is None or self.taken_at <= handled_at:
            return False
        if not place_known:
            return True
        return self.distance_m is not None and self.distance_m <= radius_m


def lack_of_proof(
    method: VerifyBy,
    shots: Iterable[Shot],
    *,
    handled_at: datetime | None,
    radius_m: float,
    place_known: bool,
    has_note: bool,
) -> Lack | None:
    """Return what is missing for the method, or None when the evidence is enough."""
    photos = list(shots)
    good = [s for s in photos if s.shows(handled_at=handled_at, radius_m=radius_m, place_known=place_known)]
    if method == VerifyBy.INSPECTOR:
        return None if has_note or photos else Lack.NOTE
    if method == VerifyBy.REPORTER:
        return None if has_note else Lack.WORD
    if method == VerifyBy.PHOTO:
        return None if good else Lack.PHOTO
    return None if any(shot.from_air for shot in good) else Lack.AIR_PHOTO
