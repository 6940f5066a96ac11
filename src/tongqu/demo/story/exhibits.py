"""Which photos and papers go with a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from numpy.random import Generator

from tongqu.demo.scenes.camera import Lens
from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.shot import Place, Shot
from tongqu.demo.scenes.sights.kinds import Sight
from tongqu.demo.story.steps import Exhibit, Paper, Photo
from tongqu.demo.story.tales.tale import Tale
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.kinds import VerifyBy

LARGE = Lens()
MIDDLE = Lens(width=1024, height=768)
SMALL = Lens(width=800, height=600)
TINY = Lens(width=640, height=480)
_RECENT = timedelta(days=12)


@dataclass(frozen=True)
class Album:
    """The photos of one case: one place, seen again and again."""

    case: int
    tale: Tale
    matter: Matter
    place: Place
    yaw_deg: float
    now: datetime

    def report(self, rng: Generator, at: datetime, source: str) -> tuple[Exhibit, ...]:
        """Return what comes with the report: a photo, if anything can be seen and the way it came allows one."""
        if self.tale.sight is Sight.NOTHING or source in ("hotline", "web"):
            return ()
        if source != "drone" and not self._is_recent(at):
            return ()
        lens = (LARGE if self._is_recent(at) else MIDDLE) if source == "drone" else SMALL
        height = rng.uniform(65, 95) if source == "drone" else rng.uniform(32, 48)
        return (self._photo(rng, "report", at - _minutes(rng, 2, 9), height, lens, treated=False),)

    def handling(self, rng: Generator, at: datetime, round_: int) -> tuple[Exhibit, ...]:
        """Return as many pieces of evidence of the work as the matter asks for."""
        papers = self._papers(at, round_, self.matter.photos_needed)
        if self.tale.sight is Sight.NOTHING or not self._is_recent(at):
            return papers
        taken, height = at - _minutes(rng, 3, 20), rng.uniform(38, 60)
        photo = self._photo(rng, f"handling{round_}", taken, height, SMALL, treated=True)
        return (photo, *papers[1:])

    def _papers(self, at: datetime, round_: int, count: int) -> tuple[Exhibit, ...]:
        title = f"{self.matter.name_zh_hans}处置回执"
        return tuple(
            Paper(f"demo-{self.case:04d}-handling{round_}-{number + 1}.pdf", title, self.place.ground, at)
            for number in range(count)
        )

    def check(
        self, rng: Generator, at: datetime, after: datetime, round_: int, *, good: bool
    ) -> tuple[Exhibit, ...]:
        """Return the photo of the inspector's look, taken after the work."""
        by_photo = self.matter.verify_by in (VerifyBy.PHOTO, VerifyBy.AIR)
        if not by_photo and self.tale.sight is Sight.NOTHING:
            return ()
        taken = max(at - _minutes(rng, 2, 12), after + timedelta(minutes=1))
        lens = MIDDLE if self._is_recent(at) else TINY
        return (self._photo(rng, f"check{round_}", taken, rng.uniform(60, 90), lens, treated=good),)

    def _is_recent(self, at: datetime) -> bool:
        return self.now - at < _RECENT

    def _photo(
        self, rng: Generator, what: str, at: datetime, height: float, lens: Lens, *, treated: bool
    ) -> Photo:
        shot = Shot(
            self.place,
            at.replace(microsecond=0),
            self.tale.sight,
            treated,
            round(float(height), 1),
            round(self.yaw_deg + rng.normal(0, 6), 2),
            round(rng.normal(0, 3), 2),
            round(rng.normal(0, 3), 2),
            lens=lens,
        )
        return Photo(f"demo-{self.case:04d}-{what}.jpg", shot)


def album(
    rng: Generator,
    case: int,
    tale: Tale,
    matter: Matter,
    ground: Ground,
    lon: float,
    lat: float,
    now: datetime,
) -> Album:
    """Return the album of a case at its place."""
    place = Place(int(rng.integers(1, 2**31)), lon, lat, ground, round(rng.uniform(55, 240), 1))
    return Album(case, tale, matter, place, round(rng.uniform(-180, 180), 1), now)


def _minutes(rng: Generator, low: int, high: int) -> timedelta:
    return timedelta(seconds=int(rng.integers(low * 60, high * 60)))
