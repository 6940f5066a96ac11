"""Pictures of a stack as they leave the system: each with its date, its source, a scale bar, north and the place."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tongqu.systems.timeline.analytics.tiles import Pixels
from tongqu.systems.timeline.rules.exports import bar_length

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
BAR_PX = 64
LARGE_PX, SMALL_PX = 26, 20
_GROUND = (226, 229, 229)
_INK, _PAPER, _SHADE = (246, 247, 247), (255, 255, 255), (16, 21, 21)
_SECONDS_A_FRAME = 1.0
_SHEET = (1754, 1240)
"""A sheet of A4 across, at 150 points an inch."""
_SHEET_DPI = 150.0


@dataclass(frozen=True)
class Caption:
    """What stands in the bar below a picture: on the left in bold, on the right smaller."""

    date: str
    about: str


@dataclass(frozen=True)
class Letters:
    """Fonts of two sizes; without one for Chinese, characters that it has not are left out."""

    large: Font
    small: Font
    has_chinese: bool

    @classmethod
    def plain(cls) -> Letters:
        """Return the Latin font that is always there."""
        return cls(ImageFont.load_default(LARGE_PX), ImageFont.load_default(SMALL_PX), False)

    def fit(self, text: str) -> str:
        """Return the text as far as it can be written.

        >>> Letters.plain().fit("2026-09-16 无人机 DJI")
        '2026-09-16  DJI'
        """
        return text if self.has_chinese else text.encode("latin-1", "ignore").decode("latin-1")


def framed(
    picture: Pixels | None, size: tuple[int, int], caption: Caption, metres_per_px: float, letters: Letters
) -> Image.Image:
    """Return a picture (red, green, blue, opacity; None for one that shows nothing) of this size with its bar below."""
    width, height = size
    made = Image.new("RGB", (width, height + BAR_PX), _GROUND)
    if picture is not None:
        layer = Image.fromarray(picture, "RGBA")
        made.paste(layer, (0, 0), layer.getchannel("A"))
    pen = ImageDraw.Draw(made)
    _mark(pen, width / 2, height / 2)
    _north(pen, width - 34, 20, letters)
    pen.rectangle((0, height, width, height + BAR_PX), fill=_SHADE)
    middle = height + BAR_PX / 2
    pen.text((20, middle), letters.fit(caption.date), fill=_INK, font=letters.large, anchor="lm")
    after = 20 + pen.textlength(letters.fit(caption.date), font=letters.large) + 20
    pen.text((after, middle), letters.fit(caption.about), fill=_INK, font=letters.small, anchor="lm")
    _scale(pen, width - 20, middle, metres_per_px, letters)
    return made


def _mark(pen: ImageDraw.ImageDraw, x: float, y: float) -> None:
    """Draw the place: a ring that leaves its middle open."""
    for radius, colour, thick in ((16, _SHADE, 5), (16, _PAPER, 3)):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=thick)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            pen.line((x + dx * 16, y + dy * 16, x + dx * 24, y + dy * 24), fill=colour, width=thick)


def _north(pen: ImageDraw.ImageDraw, x: float, y: float, letters: Letters) -> None:
    pen.polygon(((x, y), (x - 10, y + 24), (x, y + 18), (x + 10, y + 24)), fill=_PAPER, outline=_SHADE)
    pen.text(
        (x, y + 28), "N", fill=_PAPER, font=letters.small, anchor="mt", stroke_width=2, stroke_fill=_SHADE
    )


def _scale(
    pen: ImageDraw.ImageDraw, right: float, middle: float, metres_per_px: float, letters: Letters
) -> None:
    length_m = bar_length(metres_per_px, 180)
    length = length_m / metres_per_px
    words = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    pen.line((right - length, middle + 14, right, middle + 14), fill=_INK, width=3)
    for end in (right - length, right):
        pen.line((end, middle + 7, end, middle + 15), fill=_INK, width=3)
    pen.text((right - length / 2, middle + 5), words, fill=_INK, font=letters.small, anchor="mb")


def gif_of(frames: Sequence[Image.Image]) -> bytes:
    """Return the frames as a GIF that begins again."""
    small = [frame.resize((frame.width * 3 // 4, frame.height * 3 // 4)) for frame in frames]
    target = io.BytesIO()
    small[0].save(
        target,
        "GIF",
        save_all=True,
        append_images=small[1:],
        duration=round(_SECONDS_A_FRAME * 1000),
        loop=0,
    )
    return target.getvalue()


def pdf_of(frames: Sequence[Image.Image], title: str, letters: Letters) -> bytes:
    """Return the frames as sheets of A4 to print, four on each, with a title and the number of the sheet."""
    count = (len(frames) + 3) // 4
    sheets = [
        _sheet(frames[4 * place : 4 * place + 4], f"{title} · {place + 1}/{count}", letters)
        for place in range(count)
    ]
    target = io.BytesIO()
    sheets[0].save(target, "PDF", save_all=True, append_images=sheets[1:], resolution=_SHEET_DPI)
    return target.getvalue()


def _sheet(frames: Sequence[Image.Image], title: str, letters: Letters) -> Image.Image:
    sheet = Image.new("RGB", _SHEET, _PAPER)
    ImageDraw.Draw(sheet).text((60, 48), letters.fit(title), fill=_SHADE, font=letters.large, anchor="lm")
    wide, tall = (_SHEET[0] - 150) // 2, (_SHEET[1] - 150) // 2
    for place, frame in enumerate(frames):
        fit = min(wide / frame.width, tall / frame.height)
        small = frame.resize((int(frame.width * fit), int(frame.height * fit)), Image.Resampling.LANCZOS)
        sheet.paste(small, (60 + (place % 2) * (wide + 30), 90 + (place // 2) * (tall + 20)))
    return sheet


def video_frames(frames: Sequence[Image.Image], per_second: int) -> list[Pixels]:
    """Return the frames as OpenCV wants them (blue, green, red), each as often as it is shown."""
    found: list[Pixels] = []
    for frame in frames:
        found += [np.asarray(frame, np.uint8)[..., ::-1].copy()] * round(_SECONDS_A_FRAME * per_second)
    return found
