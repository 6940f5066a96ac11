"""Reads what was asked for in an export of a stack, and where its file lies."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from PIL import ImageFont

from tongqu.shared.region.models import Person
from tongqu.systems.timeline.analytics.captions import LARGE_PX, SMALL_PX, Letters
from tongqu.systems.timeline.models.export import StackExport
from tongqu.systems.timeline.queries.drawing import Laid, laid_photo
from tongqu.systems.timeline.rules.exports import MOST_FRAMES

_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
"""Where systems keep a font with Chinese characters."""


@dataclass(frozen=True)
class Order:
    """A stack to export: the place, metres of ground to a pixel, and the photos: view and alignment (0 for none)."""

    lon: float
    lat: float
    metres_per_px: float
    photos: tuple[tuple[int, int], ...]

    def told(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return asdict(self)


def order_of(made: StackExport) -> Order:
    """Return what was asked for."""
    asked = made.asked
    photos = tuple((view, on) for view, on in asked["photos"])
    return Order(asked["lon"], asked["lat"], asked["metres_per_px"], photos)


def laid_photos(person: Person, order: Order, *, at: datetime) -> list[Laid]:
    """Return the photos of an order that are in the person's sight, oldest first: as time goes."""
    found = [laid_photo(person, view, on, at=at) for view, on in order.photos[:MOST_FRAMES]]
    seen = [laid for laid in found if laid is not None]
    return sorted(seen, key=lambda laid: (laid.view.taken_us, laid.view.pk))


def export_of(person: Person, pk: UUID) -> StackExport | None:
    """Return an export that the person asked for."""
    return StackExport.objects.filter(pk=pk, person=person).first()


def export_key(made: StackExport) -> str:
    """Return the key of its file in the store."""
    return f"stacks/{made.pk}.{made.format}"


def letters() -> Letters:
    """Return the letters for captions: of a font with Chinese characters, where the settings or the system have one."""
    path = next((path for path in (settings.FONT, *_FONTS) if path and Path(path).is_file()), "")
    if not path:
        return Letters.plain()
    return Letters(ImageFont.truetype(path, LARGE_PX), ImageFont.truetype(path, SMALL_PX), has_chinese=True)
