"""Reads a CSV file that people made, and says clearly what is wrong with it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tongqu.kernel.problems import Problem

Translate = Callable[[str], str]

LARGEST_FILE_BYTES = 64 * 1024 * 1024
LONGEST_FIELD = 2_000
MOST_ROWS = 500_000
_FORMULA = re.compile(r"^[=@\t]|^[+\-](?![\d.])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Row:
    """A row of a table: where it stands, and its values by column (stripped of spaces; missing ones are empty)."""

    file: str
    number: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    def problem(self, message: str, code: str, column: str = "") -> Problem:
        """Return a problem with this row."""
        return Problem(message, code, self.file, self.number, column)


@dataclass
class Table:
    """What a file held: the good rows, the columns, and what is wrong with the rest.

    `is_readable` is False when the file as a whole could not be used.
    """

    file: str
    columns: frozenset[str] = frozenset()
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_readable: bool = True


def read_table(
    file: str,
    data: bytes,
    *,
    needs: Sequence[str],
    may_have: Sequence[str] = (),
    longest: Mapping[str, int] | None = None,
    _: Translate = str,
) -> Table:
    """Read CSV text with a heading row; nothing is raised, everything wrong is in `problems`.

    `longest` says how many characters a column may have where it is less than `LONGEST_FIELD`.
    """
    table = Table(file)
    text = _text_of(table, data, _)
    if text is None:
        return table
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, values) for values in reader]
    except csv.Error as error:
        return _refuse(
            table,
            "bad-csv",
            _("The file is not well-formed CSV near line %(line)s (%(error)s). Save it as CSV again.")
            % {"line": reader.line_num, "error": error},
        )
    lines = [(number, [value.strip() for value in values]) for number, values in lines]
    lines = [(number, values) for number, values in lines if any(values)]
    if not lines:
        return _refuse(table, "empty", _("The file is empty. Fill it in or leave it out."))
    headings = [heading.lower() for heading in lines[0][1]]
    if not _accept_headings(table, headings, needs, may_have, _):
        return table
    if len(lines) > MOST_ROWS:
        return _refuse(
            table, "too-many-rows", _("More than %(most)s rows. Split the file.") % {"most": MOST_ROWS}
        )
    table.columns = frozenset(headings)
    table.rows = list(_good_rows(table, headings, lines[1:], longest or {}, _))
    return table


def _refuse(table: Table, code: str, message: str, column: str = "") -> Table:
    table.is_readable = False
    table.problems.append(Problem(message, code, table.file, field=column))
    return table


def _text_of(table: Table, data: bytes, _: Translate) -> str | None:
    """Decode UTF-8 with or without a byte-order mark; name the likely encoding when it is another."""
    if len(data) > LARGEST_FILE_BYTES:
        message = _("The file is larger than %(most)s MB. Split it.")
        _refuse(table, "too-large", message % {"most": LARGEST_FILE_BYTES // 2**20})
        return None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _refuse(table, "encoding", _("The file is UTF-16. Save it as 'CSV UTF-8' instead."))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = (
            _(
                "The file is not UTF-8 (line %(line)s); it looks like GBK. In the spreadsheet choose 'CSV UTF-8'."
            )
            if _is_gbk(data)
            else _("The file is not UTF-8 text (line %(line)s). Save it as 'CSV UTF-8'.")
        )
        _refuse(table, "encoding", message % {"line": line})
        return None


def _is_gbk(data: bytes) -> bool:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _accept_headings(
    table: Table, headings: list[str], needs: Sequence[str], may_have: Sequence[str], _: Translate
) -> bool:
    """Note missing, doubled and unknown columns; answer whether the rows can be read."""
    for column in needs:
        if column not in headings:
            message = _("The column '%(column)s' is missing. Add it to the heading row.")
            _refuse(table, "missing-column", message % {"column": column}, column)
    for column in sorted({heading for heading in headings if headings.count(heading) > 1}):
        message = _("The column '%(column)s' stands twice. Remove one.")
        _refuse(table, "double-column", message % {"column": column}, column)
    for column in headings:
        if column not in needs and column not in may_have and table.is_readable:
            known = ", ".join([*needs, *may_have])
            message = _("The column '%(column)s' is not known and was left out. Known are: %(known)s.")
            table.problems.append(
                Problem(message % {"column": column, "known": known}, "unknown-column", table.file, 1, column)
            )
    return table.is_readable


def _good_rows(
    table: Table,
    headings: list[str],
    lines: list[tuple[int, list[str]]],
    longest: Mapping[str, int],
    _: Translate,
) -> Iterator[Row]:
    for number, values in lines:
        row = Row(table.file, number, dict(zip(headings, values, strict=False)))
        problem = _problem_with(row, len(values) - len(headings), longest, _)
        if problem is None:
            yield row
        else:
            table.problems.append(problem)


def _problem_with(row: Row, extra: int, longest: Mapping[str, int], _: Translate) -> Problem | None:
    """Return what makes a row unusable whatever its columns mean."""
    if extra > 0:
        message = _("The row has more fields than the heading. Quote fields with commas.")
        return row.problem(message, "too-many-fields")
    for column, value in row.values.items():
        most = longest.get(column, LONGEST_FIELD)
        if len(value) > most:
            message = _("The field has %(length)s characters; at most %(most)s are allowed. Shorten it.")
            return row.problem(message % {"length": len(value), "most": most}, "too-long", column)
        if _CONTROL.search(value):
            message = _("The field holds a control character. Type it anew.")
            return row.problem(message, "control-character", column)
        if _FORMULA.match(value):
            message = _("The field begins like a formula ('%(start)s'). Write plain text.")
            return row.problem(message % {"start": value[:1]}, "formula", column)
    return None
