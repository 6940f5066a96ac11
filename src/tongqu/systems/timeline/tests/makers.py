"""Makes photos with metadata of any kind for tests: one grey picture, and what it says of itself."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from conftest import Town
from tongqu.demo.scenes.camera import Camera as SceneCamera
from tongqu.demo.scenes.camera import Lens
from tongqu.demo.scenes.metadata import Fix, exif_of, xmp_of
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.rules.shots import RawTags
from tongqu.systems.timeline.rules.pose import CONSUMER, CameraPose

AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
HERE = (118.8726, 28.9417)
DJI = "http://www.dji.com/drone-dji/1.0/"


def taken(town: Town, at: datetime, data: bytes, *, days: float = 0, restricted: bool = False) -> Evidence:
    """A photo that the township stored, taken so many days before `at`."""
    photo = store(
        data,
        name=f"{days}.jpg",
        by=town.township_clerk,
        at=at,
        unit=town.township_government,
        restricted=restricted,
    ).evidence
    Evidence.objects.filter(pk=photo.pk).update(taken_at=at - timedelta(days=days))
    photo.refresh_from_db()
    return photo


def pose(**changes: Any) -> CameraPose:
    """A pose straight down over the reference place from 100 m."""
    fields = {
        "lon": HERE[0],
        "lat": HERE[1],
        "height_m": 100.0,
        "height_sea_m": None,
        "yaw_deg": 0.0,
        "pitch_deg": -90.0,
        "roll_deg": 0.0,
        "accuracy": CONSUMER,
    }
    return CameraPose(**{**fields, **changes})


def tags(**dji: Any) -> RawTags:
    """Tags of a DJI photo at the reference place, 4000 by 3000 pixels, 24 mm as on film; `None` leaves one out."""
    written = {
        "GpsLatitude": HERE[1],
        "GpsLongitude": HERE[0],
        "RelativeAltitude": 100,
        "GimbalYawDegree": 0,
        "GimbalPitchDegree": -90,
        "GimbalRollDegree": 0,
        **dji,
    }
    xmp = {f"drone-dji:{name}": str(value) for name, value in written.items() if value is not None}
    return RawTags(exif={41989: 24}, xmp=xmp)


def jpeg(
    size: tuple[int, int] = (400, 300), *, film_mm: int | None = 24, orientation: int = 1, **dji: Any
) -> bytes:
    """The bytes of a photo with such tags."""
    exif = Image.Exif()
    exif[274] = orientation
    if film_mm is not None:
        exif.get_ifd(0x8769)[41989] = film_mm
    values = " ".join(f'drone-dji:{key[10:]}="{value}"' for key, value in tags(**dji).xmp.items())
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:drone-dji="{DJI}" {values}/></rdf:RDF></x:xmpmeta>'
    )
    target = io.BytesIO()
    Image.new("RGB", size, "grey").save(target, "JPEG", exif=exif, xmp=xmp.encode())
    return target.getvalue()


def scene_jpeg(camera: SceneCamera, lon: float, lat: float, ground_m: float = 80.0) -> bytes:
    """A picture that says of itself what the demo's scenes do, without painting one."""
    fix = Fix(AT, lon, lat, ground_m, camera)
    target = io.BytesIO()
    lens: Lens = camera.lens
    Image.new("RGB", (lens.width, lens.height)).save(target, "JPEG", exif=exif_of(fix), xmp=xmp_of(fix))
    return target.getvalue()
