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
    scale = min(1.0, max(0.55, image.width / 1600))
    bar_height, margin = round(BAR * scale), round(18 * scale)
    top = image.height - bar_height
    bar = image.crop((0, top, image.width, image.height))
    image.paste(Image.blend(bar, Image.new("RGB", bar.size, (14, 18, 24)), 0.68), (0, top))
    drawn = _mark()
    mark = drawn.resize((round(drawn.width * scale), round(drawn.height * scale)), Image.Resampling.LANCZOS)
    image.paste(INK, (margin, top + (bar_height - mark.height) // 2), mark)
    middle = image.width - margin, top + bar_height // 2
    ImageDraw.Draw(image).text(middle, text, fill=INK, font=_font(round(19 * scale)), anchor="rm")


@lru_cache(maxsize=1)
def _mark() -> Image.Image:
    with Image.open(MARK) as drawn:
        return drawn.convert("L")


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
