"""Takes a photo: the public face of the scene generator.

`take(Shot(...))` gives the bytes of a JPEG. The same place (seed, position, kind of ground) is the same ground in
every shot of it, whatever the time, the height or the direction; only light, season and what is on the move differ.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image

from tongqu.demo.scenes.camera import STANDARD, Camera, Lens, moved
from tongqu.demo.scenes.caption import add_caption
from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.grounds.lay_out import lay_out
from tongqu.demo.scenes.layout import Layout
from tongqu.demo.scenes.light import light_of, season
from tongqu.demo.scenes.metadata import Fix, exif_of, xmp_of
from tongqu.demo.scenes.paint.picture import paint
from tongqu.demo.scenes.paint.view import View
from tongqu.demo.scenes.sights.kinds import Sight
from tongqu.demo.scenes.sights.place import place

LARGEST_BYTES = 390_000
QUALITIES = (80, 72, 64, 54, 44)


@dataclass(frozen=True)
class Place:
    """A spot on the ground: the origin of its scene, where the matter lies."""

    seed: int
    lon: float
    lat: float
    ground: Ground
    above_sea_m: float = 80.0


@dataclass(frozen=True)
class Shot:
    """One photo of a place; `at` is any instant with a zone, shown in the zone of the place."""

    of: Place
    at: datetime
    sight: Sight = Sight.NOTHING
    treated: bool = False
    height_m: float = 90.0
    yaw_deg: float = 0.0
    east_m: float = 0.0
    north_m: float = 0.0
    zone: str = "Asia/Shanghai"
    lens: Lens = STANDARD

    @property
    def camera(self) -> Camera:
        """The camera at the moment of the shot."""
        return Camera(self.height_m, self.yaw_deg, self.east_m, self.north_m, self.lens)


def take(shot: Shot) -> bytes:
    """Return the photo as a JPEG with its metadata; the same shot gives the same bytes."""
    image = picture(shot)
    lon, lat = moved(shot.of.lon, shot.of.lat, shot.east_m, shot.north_m)
    local = shot.at.astimezone(ZoneInfo(shot.zone)).replace(microsecond=0)
    add_caption(image, f"{local:%Y-%m-%d %H:%M}   {lat:.5f}, {lon:.5f}   {shot.height_m:.0f} m")
    return _encoded(image, Fix(local, lon, lat, shot.of.above_sea_m, shot.camera))


def picture(shot: Shot) -> Image.Image:
    """Return the picture alone, without caption and metadata."""
    layout = scene(shot)
    light = light_of(shot.of.lon, shot.of.lat, shot.at, shot.of.seed)
    seed = int(shot.at.timestamp()) % 1_000_003 + shot.of.seed
    return paint(View(shot.camera, light, shot.of.seed), layout, seed)


def scene(shot: Shot) -> Layout:
    """Return what lies on the ground at the moment of the shot."""
    layout = lay_out(shot.of.ground, shot.of.seed, season(shot.at))
    place(layout, shot.sight, np.random.default_rng([shot.of.seed, 4]), treated=shot.treated)
    return layout


def _encoded(image: Image.Image, fix: Fix) -> bytes:
    """Return the JPEG in the best quality that stays small."""
    exif, xmp = exif_of(fix), xmp_of(fix)
    data = b""
    for quality in QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, exif=exif, xmp=xmp)
        data = buffer.getvalue()
        if len(data) <= LARGEST_BYTES:
            break
    return data
