"""Sets documents with Typst: as PDF, and drawings as pictures. Needs a Chinese font on the machine, of which a part goes into the file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import typst

FONTS = {
    "zh-hans": ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC"),
    "zh-hant": (
        "Noto Sans CJK TC",
        "Noto Sans TC",
        "Source Han Sans TC",
        "Microsoft JhengHei",
        "PingFang TC",
    ),
}
"""Families that can set a card, the best first; English cards hold Chinese names as well."""
PICTURE_PPI = 220.0
DRAWINGS = """
#set page(width: 480pt, height: auto, margin: 0pt)
#for drawing in json(bytes(sys.inputs.data)) { page(image(bytes(drawing), format: "svg", width: 100%)) }
"""


class NoFont(RuntimeError):
    """No font on the machine has Chinese characters."""

    def __init__(self, families: Sequence[str]) -> None:
        super().__init__(
            "No Chinese font was found, so that the file would show empty boxes. Install one of these on the server: "
            f"{', '.join(families)} (in Debian: apt install fonts-noto-cjk)."
        )


@lru_cache(maxsize=1)
def families() -> frozenset[str]:
    """Return the families of fonts on this machine."""
    return frozenset(typst.Fonts(include_system_fonts=True).families())


def font_for(language: str, known: frozenset[str] | None = None) -> str:
    """Return the family that sets a language; raises `NoFont`."""
    wanted = FONTS.get(language, FONTS["zh-hans"])
    found = next((each for each in wanted if each in (families() if known is None else known)), None)
    if found is None:
        raise NoFont(wanted)
    return found


def as_pdf(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Set a template with data as PDF/UA, which screen readers can read; the data are values, never code."""
    pages = typst.compile(
        template.encode(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=at.replace(microsecond=0),
    )
    return _bytes(pages)


def as_pictures(drawings: Sequence[str]) -> list[bytes]:
    """Return drawings (SVG) as pictures (PNG), in one run."""
    if not drawings:
        return []
    # For many pages a list, against what the overload for PNG says.
    pages: object = typst.compile(
        DRAWINGS.encode(),
        format="png",
        ppi=PICTURE_PPI,
        sys_inputs={"data": json.dumps(drawings, ensure_ascii=False)},
    )
    return list(pages) if isinstance(pages, list) else [_bytes(pages)]


def _bytes(pages: object) -> bytes:
    if not isinstance(pages, bytes):
        raise TypeError("Typst returned no document.")
    return pages
