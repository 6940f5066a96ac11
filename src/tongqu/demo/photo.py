"""One photo made to order, for walking the tour: a heap of rubble, or the same spot after it was cleared."""

from __future__ import annotations

from datetime import datetime

from tongqu.demo.logins import demo_people
from tongqu.demo.scenes.camera import moved
from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.shot import Place, Shot, take
from tongqu.demo.scenes.sights.kinds import Sight
from tongqu.shared.region.rules import Level
from tongqu.systems.cases.models.case import Case


class NoSpot(Exception):
    """There is no place to take the photo of."""

    def __init__(self) -> None:
        super().__init__(
            "There is no spot for the photo. Load the demo region first (`tongqu demo load`), "
            "or name a case that has a place: `--case 260916-000123`."
        )


def photo_of(at: datetime, *, case: Case | None, after: bool) -> bytes:
    """Return a photo as if taken now: of the case's place, or of a village in the demo handler's township.

    Raises `NoSpot`. The ground is the same in every photo of a place, whether the heap is there or not.
    """
    lon, lat = _spot(case)
    seed = abs(round(lon * 1e6)) * 31 + abs(round(lat * 1e6))
    place = Place(seed, lon, lat, Ground.VILLAGE, above_sea_m=72.0)
    return take(
        Shot(place, at.replace(microsecond=0), Sight.RUBBLE, treated=after, height_m=68.0, yaw_deg=12.0)
    )


def _spot(case: Case | None) -> tuple[float, float]:
    if case is not None:
        if case.lon is None or case.lat is None:
            raise NoSpot
        return round(case.lon, 6), round(case.lat, 6)
    for login in demo_people():
        for unit in login.person.units_as():
            centre = unit.division.centre_lon, unit.division.centre_lat
            if unit.division.level == Level.TOWNSHIP and centre[0] is not None and centre[1] is not None:
                lon, lat = moved(centre[0], centre[1], 240.0, -180.0)
                return round(lon, 6), round(lat, 6)
    raise NoSpot
