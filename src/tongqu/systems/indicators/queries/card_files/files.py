"""Which files a report card can be had as."""

from __future__ import annotations

from datetime import datetime

from tongqu.systems.indicators.queries.card_files.alone import page_of
from tongqu.systems.indicators.queries.card_files.pdf import pdf_of
from tongqu.systems.indicators.queries.card_files.word import docx_of
from tongqu.systems.indicators.queries.card_view import CardView

FILE_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
}
"""Media types by the ending of the file's name."""


def card_file(view: CardView, kind: str, *, at: datetime) -> bytes:
    """Return a card as a file of one of `FILE_TYPES`; raises `NoFont` where a PDF or DOCX needs one that is not there."""
    if kind == "html":
        return page_of(view)
    return pdf_of(view, at=at) if kind == "pdf" else docx_of(view, at=at)
