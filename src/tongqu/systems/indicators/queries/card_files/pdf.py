"""A report card as PDF, with drawn charts and links to where each number comes from."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from tongqu.systems.indicators.queries.card_files.typesetting import as_pdf, font_for
from tongqu.systems.indicators.queries.card_view import CardView, chart_text, chart_title, invented_text
from tongqu.systems.indicators.queries.standard import FOLDER
from tongqu.systems.indicators.rules.reports.drawing import Look, svg_of

_REGIONS = {"zh-hans": ("zh", "cn"), "zh-hant": ("zh", "tw"), "en": ("en", "us")}


@lru_cache(maxsize=1)
def _template() -> str:
    return (FOLDER / "card.typ").read_text(encoding="utf-8")


def pdf_of(view: CardView, *, at: datetime) -> bytes:
    """Return the card as PDF; raises `NoFont`."""
    return as_pdf(_template(), _data(view), at=at)


def _data(view: CardView) -> dict[str, Any]:
    font = font_for(view.language)
    lang, region = _REGIONS[view.language]
    return {
        "title": view.title,
        "font": font,
        "lang": lang,
        "region": region,
        "invented": invented_text() if view.is_invented else "",
        "summary": [[asdict(piece) for piece in sentence] for sentence in view.summary],
        "heads": list(view.heads),
        "rows": [{"cells": [asdict(cell) for cell in row.cells]} for row in view.rows],
        "sections": [
            {
                "title": section.title,
                "sentences": [[asdict(piece) for piece in sentence] for sentence in section.sentences],
                "charts": [
                    {"title": chart_title(chart), "alt": chart_text(chart), "svg": svg_of(chart, Look(font))}
                    for chart in section.charts
                ],
            }
            for section in view.sections
        ],
        "notes": view.notes,
        "words": {"table": _("The indicators at a glance")},
    }
