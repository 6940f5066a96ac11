"""The text of a report: from text, web page, PDF or Word document."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.indicators.rules.claims.script import RADICALS

MOST_BYTES = 50_000_000
MOST_XML_BYTES = 100_000_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(["script", "style", "noscript", "template", "svg", "title"])


def text_of_file(path: Path) -> str:
    """Return the text of a report in a file; see `text_of`."""
    _reader(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refused(
            path, "not-readable", f"{error.strerror or error}. Name a file that exists and may be read."
        ) from None
    return text_of(path, content)


def text_of(path: Path, content: bytes) -> str:
    """Return the text of a report; its kind is that of the name: .txt, .html, .htm, .pdf or .docx.

    Of a text file these are its decoded characters, line ends and a byte order mark as they are.
    """
    reader = _reader(path)
    if len(content) > MOST_BYTES:
        raise _refused(
            path,
            "too-large",
            f"The file has {len(content):,} bytes, and {MOST_BYTES:,} are the most. Split it.",
        )
    return reader(path, content)


def _reader(path: Path) -> Callable[[Path, bytes], str]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise _refused(
            path,
            "unknown-kind",
            f"{path.suffix or 'No ending'} is no kind that can be read. Give a .txt, .html, .pdf or .docx file.",
        )
    return reader


def _refused(path: Path, code: str, message: str) -> BadInput:
    return BadInput([Problem(message, code, path.name)])


def _text(path: Path, content: bytes) -> str:
    return decoded(content, path)


def decoded(content: bytes, path: Path, named: str = "") -> str:
    """Return the characters of bytes: in the encoding named, else UTF-8, UTF-16 with its mark, GB 18030 or Big5."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        named = "utf-16"
    for encoding in (named, "utf-8", "gb18030", "big5"):
        try:
            if encoding:
                return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    raise _refused(path, "unknown-encoding", "The text is in no encoding that is known. Save it as UTF-8.")


class _Page(HTMLParser):
    """Gathers what a page shows, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line at a block, a tab at a cell; what scripts, styles and the title hold is not shown."""
        self.silent += tag in _SILENT
        self.parts.append("\n" if tag in _BLOCKS else "\t" if tag in {"td", "th"} else "")

    def handle_endtag(self, tag: str) -> None:
        """End a line at a block."""
        self.silent = max(0, self.silent - (tag in _SILENT))
        self.parts.append("\n" if tag in _BLOCKS else "")

    def handle_data(self, data: str) -> None:
        """Keep what is shown; a line break in the source is a space at most."""
        if not self.silent:
            self.parts.append(re.sub(r"\s*\n\s*", " ", data))


def _html(path: Path, content: bytes) -> str:
    named = _CHARSET.search(content[:2048])
    page = _Page()
    page.feed(decoded(content, path, named[1].decode("ascii") if named else ""))
    page.close()
    return _lines("".join(page.parts))


def _lines(text: str) -> str:
    """Return a text without empty lines and outer spaces."""
    lines = (line.strip(" \r\f\v") for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip())


def _pdf(path: Path, content: bytes) -> str:
    # Imported where a PDF is read: loading it takes longer than reading a report of another kind.
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        pages = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _refused(
            path,
            "broken-pdf",
            f"The PDF cannot be read ({type(error).__name__}). Save it anew, without a password.",
        ) from None
    text = _lines("\n".join(pages)).translate(RADICALS)
    if not text:
        raise _refused(
            path,
            "no-text",
            "The PDF holds no text, only pictures. Give one with text, made by a text recogniser.",
        )
    return text


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    EOFError,
    KeyError,
    ValueError,
    ParseError,
    DefusedXmlException,
)
"""What a document raises that is damaged, encrypted or packed in an unknown way (`RuntimeError`), or no document."""


def _docx(path: Path, content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            if parts.getinfo("word/document.xml").file_size > MOST_XML_BYTES:
                raise _refused(path, "too-large", "The text in the document is too large. Split it.")
            root = fromstring(parts.read("word/document.xml"))
    except _BROKEN as error:
        raise _refused(
            path,
            "broken-docx",
            f"The Word document cannot be read ({type(error).__name__}). Save it anew as .docx.",
        ) from None
    return _lines("\n".join("".join(pieces) for pieces in _paragraphs(root)))


_BREAKS = {f"{_WORD}t": "", f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n"}


def _paragraphs(node: Element) -> Iterator[list[str]]:
    """Yield the pieces of text of each paragraph; a row of a table is one line, its cells apart by tabs."""
    for child in node:
        if child.tag == f"{_WORD}tr":
            cells: list[str] = []
            for cell in _cells(child):
                cells += ["\t" if cells else "", *_pieces(cell)]
            yield cells
        elif child.tag == f"{_WORD}p":
            yield _pieces(child)
        else:
            yield from _paragraphs(child)


def _cells(node: Element) -> Iterator[Element]:
    """Yield the cells of a row, in whatever holds them; a table inside a cell is part of the cell."""
    for child in node:
        if child.tag == f"{_WORD}tc":
            yield child
        else:
            yield from _cells(child)


def _pieces(node: Element) -> list[str]:
    """Return the text of the runs below a node."""
    return [_BREAKS[part.tag] or (part.text or "") for part in node.iter() if part.tag in _BREAKS]


_READERS: dict[str, Callable[[Path, bytes], str]] = {
    ".txt": _text, ".html": _html, ".htm": _html, ".pdf": _pdf, ".docx": _docx,
}  # fmt: skip
