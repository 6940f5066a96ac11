"""A short record as a PDF of one page, marked as invented; readers bring the Chinese font themselves."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tongqu.demo.story.steps import Paper
from tongqu.demo.story.tales.words import SPOTS

_ZONE = ZoneInfo("Asia/Shanghai")


def print_paper(paper: Paper) -> bytes:
    """Return the paper as a PDF; the same paper gives the same bytes."""
    lines = [
        (18, paper.title),
        (12, "演示资料 · 虚构（invented for the demo）"),
        (12, f"编号：{paper.name.removesuffix('.pdf')}"),
        (12, f"时间：{paper.at.astimezone(_ZONE):%Y-%m-%d %H:%M}"),
        (12, f"地点：{SPOTS[paper.ground][0]}"),
        (12, "处置情况：已到场处置，附处置人签名（演示）。"),
    ]
    return _document(_content(lines))


def _content(lines: list[tuple[int, str]]) -> bytes:
    """Return the drawing of the lines, one below the other."""
    parts, height = ["BT"], 760
    for size, line in lines:
        parts.append(f"/F1 {size} Tf 1 0 0 1 72 {height} Tm <{line.encode('utf-16-be').hex()}> Tj")
        height -= size * 2
    return "\n".join([*parts, "ET"]).encode("ascii")


def _document(content: bytes) -> bytes:
    """Return a PDF of one A4 page with the content."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
