"""A report card as DOCX: headings, table and paragraphs of Word itself, so that an official can write on; charts as pictures."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from tongqu.systems.indicators.queries.card_files.typesetting import as_pictures, font_for
from tongqu.systems.indicators.queries.card_view import (
    CardView,
    Piece,
    chart_text,
    chart_title,
    invented_text,
)
from tongqu.systems.indicators.rules.reports.charts import Chart
from tongqu.systems.indicators.rules.reports.drawing import Look, svg_of

TEXT_WIDTH = Cm(17)
CHART_WIDTH = Cm(12)
NUMBERS = (1, 2, 3, 4)
"""Columns that are set to the right."""
_CHINESE_FONTS = {"zh-hans": "宋体", "zh-hant": "新細明體", "en": "宋体"}
_HEAD_FONTS = {"zh-hans": "黑体", "zh-hant": "微軟正黑體", "en": "黑体"}
_ACCENT = RGBColor(0x12, 0x49, 0x45)


def docx_of(view: CardView, *, at: datetime) -> bytes:
    """Return the card as DOCX; raises `NoFont`, since charts are drawn with one."""
    charts = [chart for section in view.sections for chart in section.charts]
    look = Look(font_for(view.language))
    pictures = dict(zip(charts, as_pictures([svg_of(chart, look) for chart in charts]), strict=True))
    document = _document(view, at)
    document.add_heading(view.title, 0)
    if view.is_invented:
        document.add_paragraph(invented_text(), style="Intense Quote")
    _sentences(document, view.summary)
    document.add_heading(_("The indicators at a glance"), 1)
    _table(document, view)
    for section in view.sections:
        document.add_heading(section.title, 1)
        _sentences(document, section.sentences)
        for chart in section.charts:
            _picture(document, chart, pictures[chart])
    for note in view.notes:
        document.add_paragraph(note, style="Caption")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _document(view: CardView, at: datetime) -> WordDocument:
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = view.title, "", ""
    # Word's times have no zone and mean UTC.
    properties.created = properties.modified = at.replace(tzinfo=None, microsecond=0)
    _fonts(document, view.language)
    return document


def _fonts(document: WordDocument, language: str) -> None:
    for name, fonts in (("Normal", _CHINESE_FONTS), ("Title", _HEAD_FONTS), ("Heading 1", _HEAD_FONTS)):
        style = document.styles[name]
        run = style.element.get_or_add_rPr().get_or_add_rFonts()
        run.set(qn("w:eastAsia"), fonts[language])
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            run.attrib.pop(qn(theme), None)
    document.styles["Normal"].font.size = Pt(11)
    document.styles["Title"].font.size = Pt(20)
    document.styles["Heading 1"].font.color.rgb = _ACCENT


def _sentences(document: WordDocument, sentences: Iterable[Sequence[Piece]]) -> None:
    for sentence in sentences:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(4)
        paragraph.paragraph_format.line_spacing = 1.25
        for piece in sentence:
            _piece(paragraph, piece)


def _piece(paragraph: Paragraph, piece: Piece) -> None:
    if not piece.url or piece.url.startswith("#"):
        paragraph.add_run(piece.text)
        return
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(piece.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(piece.text)
    run.font.color.rgb = _ACCENT
    link.append(run._r)
    paragraph._p.append(link)


def _table(document: WordDocument, view: CardView) -> None:
    table = document.add_table(rows=1, cols=len(view.heads), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, view.heads, strict=True):
        _fill(cell, Piece(head), is_bold=True)
    _repeat(table.rows[0])
    for row in view.rows:
        for place, (cell, piece) in enumerate(zip(table.add_row().cells, row.cells, strict=True)):
            _fill(cell, piece)
            if place in NUMBERS:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _fill(cell: _Cell, piece: Piece, *, is_bold: bool = False) -> None:
    _piece(cell.paragraphs[0], piece)
    for run in cell.paragraphs[0].runs:
        run.font.size, run.font.bold = Pt(9.5), is_bold or None


def _repeat(row: _Row) -> None:
    """Let the row of heads stand on each page of the table."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _picture(document: WordDocument, chart: Chart, picture: bytes) -> None:
    title = document.add_paragraph(chart_title(chart), style="Caption")
    title.paragraph_format.keep_with_next = True
    document.add_picture(io.BytesIO(picture), width=CHART_WIDTH)
    shape = document.inline_shapes[-1]
    shape._inline.docPr.set("descr", chart_text(chart))
