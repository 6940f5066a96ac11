"""Reports in files: text, web page, PDF and Word document, and what is wrong with them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from typer.testing import CliRunner

from tongqu.kernel.problems import BadInput
from tongqu.systems.indicators.commands import app
from tongqu.systems.indicators.queries import documents
from tongqu.systems.indicators.queries.documents import text_of_file
from tongqu.systems.indicators.queries.reading import divisions_in

SENTENCE = "2021年衢州市税收增长5%。"


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_text_in_several_encodings(tmp_path: Path, encoding: str) -> None:
    text = SENTENCE + "\r\n" + SENTENCE
    assert text_of_file(written(tmp_path, "a.txt", text.encode(encoding))) == text


def test_big5_is_read_where_the_page_names_it(tmp_path: Path) -> None:
    page = '<meta charset="big5"><p>臺南市人口增加</p>'.encode("big5")
    assert text_of_file(written(tmp_path, "a.html", page)) == "臺南市人口增加"


@pytest.mark.parametrize("charset", ["x-none", "undefined"])
def test_an_unknown_charset_is_passed_over(tmp_path: Path, charset: str) -> None:
    page = f'<meta charset="{charset}"><p>{SENTENCE}</p>'.encode()
    assert text_of_file(written(tmp_path, "a.htm", page)) == SENTENCE


def test_bytes_in_no_encoding(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"a\.txt: .*Save it as UTF-8"):
        text_of_file(written(tmp_path, "a.txt", b"\xff\xff\xff\x81"))


def test_a_page_shows_its_blocks_and_cells(tmp_path: Path) -> None:
    page = """<html><head><title>x</title><style>p{}</style></head><body><script>var a = "3亿元";</script>
    <h1>公报</h1><p>税收<b>增长</b>
    5%。</p><table><tr><td>税收</td><td>3&nbsp;亿元</td></tr></table></script></body></html>"""
    assert (
        text_of_file(written(tmp_path, "a.html", page.encode())) == "公报\n税收增长 5%。\n\t税收\t3\xa0亿元"
    )


def test_a_page_may_leave_out_the_end_of_its_head(tmp_path: Path) -> None:
    page = f"<html><head><title>x</title>\t<meta name=a><body>{SENTENCE}</html>"
    assert text_of_file(written(tmp_path, "a.html", page.encode())) == SENTENCE


def docx(body: str, packing: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as parts:
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        parts.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
        )
    return file.getvalue()


def test_a_word_document_has_paragraphs_and_rows(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>2021年</w:t></w:r><w:r><w:tab/><w:t>税收</w:t><w:br/><w:t/></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>3亿元</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert text_of_file(written(tmp_path, "a.docx", docx(body))) == "2021年\t税收\n甲\t3亿元"


def test_a_table_inside_a_cell_is_read_once(tmp_path: Path) -> None:
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>3亿元</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    first = "<w:tc><w:p><w:r><w:t>税收</w:t></w:r></w:p></w:tc>"
    body = f"<w:tbl><w:tr><w:sdt><w:sdtContent>{first}</w:sdtContent></w:sdt><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    assert text_of_file(written(tmp_path, "a.docx", docx(body))) == "税收\t3亿元"


@pytest.mark.parametrize(
    ("find", "mark", "beyond", "told"),
    [
        pytest.param(bytes.index, b"document.xml", len(b"document.xml"), "error", id="content"),
        pytest.param(bytes.rindex, b"PK\x01\x02", 10, "NotImplementedError", id="method"),
        pytest.param(bytes.rindex, b"PK\x01\x02", 8, "RuntimeError", id="encrypted"),
    ],
)
def test_a_damaged_word_document_is_told(
    tmp_path: Path, find: Callable[[bytes, bytes], int], mark: bytes, beyond: int, told: str
) -> None:
    whole = docx(f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>", zipfile.ZIP_DEFLATED)
    place = find(whole, mark) + beyond
    damaged = whole[:place] + bytes([whole[place] ^ 0x7]) + whole[place + 1 :]
    with pytest.raises(BadInput, match=rf"cannot be read .{told}"):
        text_of_file(written(tmp_path, "a.docx", damaged))


def pdf(text: str) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode() if text else b"")
    page[NameObject("/Contents")] = writer._add_object(stream)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_pdf_with_text_and_one_without(tmp_path: Path) -> None:
    assert text_of_file(written(tmp_path, "a.pdf", pdf("GDP 5%"))) == "GDP 5%"
    with pytest.raises(BadInput, match="only pictures"):
        text_of_file(written(tmp_path, "b.pdf", pdf("")))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.doc", b"", ".doc is no kind"),
        ("a", b"", "No ending is no kind"),
        ("a.pdf", b"%PDF-1.7 broken", "The PDF cannot be read"),
        ("a.docx", b"no zip", "cannot be read .BadZipFile"),
        ("a.docx", docx("<w:p>"), "cannot be read .ParseError"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        text_of_file(written(tmp_path, name, content))


def test_files_that_are_absent_or_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="Name a file that exists"):
        text_of_file(tmp_path / "none.txt")
    monkeypatch.setattr(documents, "MOST_XML_BYTES", 10)
    with pytest.raises(BadInput, match="text in the document is too large"):
        text_of_file(written(tmp_path, "a.docx", docx("")))
    monkeypatch.setattr(documents, "MOST_BYTES", 10)
    with pytest.raises(BadInput, match="Split it"):
        text_of_file(written(tmp_path, "a.txt", b"0" * 11))


def test_divisions_of_a_region(tmp_path: Path) -> None:
    good = written(tmp_path, "d.csv", "code,name_zh_hans\n330899,四港新区\n".encode())
    assert divisions_in(good) == [("330899", "四港新区")]
    bad = written(tmp_path, "e.csv", "code,name\nx,甲\n330801,\n330802,乙\n".encode())
    with pytest.raises(BadInput) as refused:
        divisions_in(bad)
    assert [problem.row for problem in refused.value.problems] == [2, 3]
    with pytest.raises(BadInput, match="Name a CSV file"):
        divisions_in(tmp_path / "none.csv")


def test_the_command_prints_one_claim_a_line(tmp_path: Path) -> None:
    report = written(tmp_path, "a.txt", SENTENCE.encode())
    shown = CliRunner().invoke(app, ["read", str(report)])
    row = json.loads(shown.stdout)
    assert row == {
        "start": 12, "end": 14, "text": "5%", "division": "衢州市", "indicator": "税收", "period": "2021", "kind": "yoy",
        "value": 5, "unit": "%", "value_from": None, "rank": None, "rank_scope": None, "approximate": False,
        "code": "tax", "division_code": "3308", "rank_within": False, "target": False,
    }  # fmt: skip
    assert SENTENCE[row["start"] : row["end"]] == "5%"
    out = tmp_path / "claims.jsonl"
    assert CliRunner().invoke(app, ["read", str(report), "--json", str(out), "--year", "2022"]).exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8")) == row


def test_the_command_tells_what_is_wrong(tmp_path: Path) -> None:
    report = written(tmp_path, "a.txt", SENTENCE.encode())
    refused = CliRunner().invoke(app, ["read", str(tmp_path / "none.pdf")])
    assert (refused.exit_code, "none.pdf" in refused.stderr) == (1, True)
    refused = CliRunner().invoke(app, ["read", str(report), "--json", str(tmp_path / "no" / "folder")])
    assert (refused.exit_code, "Name a file in a folder that exists" in refused.stderr) == (1, True)
    extra = written(tmp_path, "d.csv", "code,name\n330899,四港新区\n".encode())
    assert CliRunner().invoke(app, ["read", str(report), "--divisions", str(extra)]).exit_code == 0
