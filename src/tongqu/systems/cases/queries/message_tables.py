"""Opens tables of messages that somebody wrote: UTF-8, UTF-16 or GB 18030, with commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tongqu.kernel.problems import BadInput, Problem

LONGEST_FIELD = 16 * 1024 * 1024
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class MessageTable:
    """An open table: its headings, its rows with their numbers (the heading is row 1), and how it was written."""

    headings: list[str]
    rows: Iterator[tuple[int, list[str]]]
    encoding: str
    delimiter: str

    def column(self, heading: str) -> int:
        """Return the place of a column."""
        return self.headings.index(heading)


@contextmanager
def open_table(file: Path, needed: tuple[str, ...]) -> Iterator[MessageTable]:
    """Open a table for one pass through it; a file of any size takes little memory.

    Headings are compared without space and in small letters. Raises `BadInput` when the file cannot be read, has no
    heading, or lacks a needed column or has it twice.
    """
    try:
        encoding = encoding_of(file)
        source = file.open(encoding=encoding, newline="")
    except OSError as wrong:
        say = f"The file cannot be opened: {wrong.strerror}."
        raise BadInput([Problem(say, "unreadable", file.name)]) from None
    with source, _long_fields():
        first = source.readline()
        delimiter = max(",", ";", "\t", key=first.count)
        source.seek(0)
        lines = csv.reader(source, delimiter=delimiter)
        headings = [heading.strip().lower() for heading in next(lines, [])]
        _check(headings, needed, file.name)
        yield MessageTable(headings, _numbered(lines, file.name), encoding, delimiter)


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let fields be long while the table is read; other readers of the process keep their limit."""
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def encoding_of(file: Path) -> str:
    """Return how the file is written: by its byte order mark, else UTF-8 if all of it is, else GB 18030.

    Raises `BadInput` when it is none of these.
    """
    with file.open("rb") as source:
        start = source.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8", "gb18030"):
        if _is_written_in(file, encoding):
            return encoding
    say = "The text is neither UTF-8 nor GB 18030. Save the table as “CSV UTF-8”."
    raise BadInput([Problem(say, "encoding", file.name)])


def _is_written_in(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with file.open("rb") as source:
        try:
            while chunk := source.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _check(headings: list[str], needed: tuple[str, ...], name: str) -> None:
    if not any(headings):
        say = f"The file is empty. It needs a heading with the columns {', '.join(needed)}."
        raise BadInput([Problem(say, "empty", name, 1)])
    problems = []
    for heading in needed:
        if heading not in headings:
            say = f"The column is missing; the heading has {', '.join(filter(None, headings))[:200]}. Add it, or rename one."
            problems.append(Problem(say, "missing-column", name, 1, heading))
        elif headings.count(heading) > 1:
            say = "Two columns have this name. Rename one of them."
            problems.append(Problem(say, "repeated-column", name, 1, heading))
    if problems:
        raise BadInput(problems)


def _numbered(lines: Iterator[list[str]], name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything. Raises `BadInput` where the file stops being a table."""
    number = 1
    while True:
        number += 1
        try:
            row = next(lines)
        except StopIteration:
            return
        except (csv.Error, UnicodeError) as wrong:
            say = f"From here on the file cannot be read ({wrong}). Look for a quotation mark that is not closed."
            raise BadInput([Problem(say, "broken", name, number)]) from None
        if any(cell.strip() for cell in row):
            yield number, row
