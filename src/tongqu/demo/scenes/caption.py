"""The visible mark of an invented picture."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

MARK = Path(__file__).resolve().parent / "data" / "mark.png"
BAR = 40
INK = (246, 246, 244)


def add_caption(image: Image.Image, text: str) -> None:
    """Lay a dark bar over the lower edge: the mark 演示图像 · 虚构 on the left, the text on the right.

    The mark is a drawn picture, so that it looks the same where no Chinese font is installed; the text is plain
    ASCII.
    """
    top = image.height - BAR
    bar = image.crop((0, top, image.width, image.height))
    image.paste(Image.blend(bar, Image.new("RGB", bar.size, (14, 18, 24)), 0.68), (0, top))
    mark = _mark()
    image.paste(INK, (18, top + (BAR - mark.height) // 2), mark)
    draw = ImageDraw.Draw(image)
    draw.text((image.width - 18, top + BAR // 2), text, fill=INK, font=_font(), anchor="rm")


@lru_cache(maxsize=1)
def _mark() -> Image.Image:
    with Image.open(MARK) as drawn:
        return drawn.convert("L")


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(19)
