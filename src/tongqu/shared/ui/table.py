"""The data table: columns, sorting, paging, a choice of columns and export, over a queryset or a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime

from tongqu.shared.ui.words import LAMPS
from tongqu.shared.ui.xlsx import MEDIA_TYPE, workbook

Kind = Literal["text", "number", "instant", "day", "lamp", "flag"]
Label = str | Promise
LONGEST_PAGE = 7
"""Digits of the largest page number that is believed."""
LONGEST_ON_A_LINE = 16
"""Characters of the longest head of a column that is kept on one line."""
FAR_FROM_THE_START = 2_000
"""From this row on, a page reads only keys while it skips."""
MOST_EXPORTED = 100_000
"""Rows of the largest workbook; whoever needs more uses the API."""


@dataclass(frozen=True)
class Column:
    """One column: where its value comes from, how it looks and whether rows can be sorted by it.

    `value` is a function of the row; without one the value is read along `key` (`owner_unit.name`, dictionaries
    too). `sort` names the model field to sort by, or `"key"` for lists. `link` gives an address for the cell.
    """

    key: str
    label: Label
    value: Callable[[Any], Any] | None = None
    kind: Kind = "text"
    sort: str = ""
    link: Callable[[Any], str] | None = None
    optional: bool = False
    """Hidden until the reader chooses it."""

    def of(self, row: Any) -> Any:
        """Return the value of the column in a row."""
        if self.value is not None:
            return self.value(row)
        for part in self.key.split("."):
            row = row.get(part) if isinstance(row, dict) else getattr(row, part, None)
            if row is None:
                return None
        return row


@dataclass(frozen=True)
class Head:
    """The head of a column, ready to print."""

    column: Column
    is_hidden: bool
    link: str = ""
    sorted: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the label may break into lines."""
        return len(str(self.column.label)) > LONGEST_ON_A_LINE


@dataclass(frozen=True)
class Cell:
    """A value in its column, ready to print."""

    column: Column
    value: Any
    is_hidden: bool = False
    link: str = ""

    @property
    def text(self) -> SafeString:
        """The value as HTML, linked where it leads somewhere."""
        empty = self.value is None or self.value == ""
        inner = NOTHING if empty else _PRINTERS.get(self.column.kind, _print_text)(self.value)
        return format_html('<a href="{}">{}</a>', self.link, inner) if self.link else inner


@dataclass(frozen=True)
class Line:
    """A row ready to print."""

    row: Any
    cells: list[Cell]
    tags: Mapping[str, SafeString]

    @property
    def html(self) -> SafeString:
        """The row's cells as HTML; written here because a template for each cell costs more than the query."""
        return format_html_join("", "{}{}</td>", ((self.tags[c.column.key], c.text) for c in self.cells))


NOTHING = mark_safe('<span class="muted">–</span>')


def lamp_chip(value: Any, label: Label = "") -> SafeString:
    """Return a lamp as a chip with its word and shape."""
    colour = str(value or "none").lower()
    word = label or LAMPS.get(colour, LAMPS["none"])
    shape = '<span class="lamp lamp-{}"><span class="lamp-shape" aria-hidden="true"></span>{}</span>'
    return format_html(shape, colour, word)


def _print_instant(value: datetime) -> SafeString:
    local = localtime(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M}")


def _print_day(value: date) -> SafeString:
    local = localtime(value) if isinstance(value, datetime) and is_aware(value) else value
    return format_html('<time datetime="{0}">{0}</time>', f"{local:%Y-%m-%d}")


def _print_flag(value: Any) -> SafeString:
    return mark_safe("✓") if value else NOTHING


def _print_text(value: Any) -> SafeString:
    shown = localtime(value) if isinstance(value, datetime) and is_aware(value) else value
    return conditional_escape(localize(shown))


_PRINTERS: Mapping[str, Callable[[Any], SafeString]] = {
    "lamp": lamp_chip,
    "instant": _print_instant,
    "day": _print_day,
    "flag": _print_flag,
}


@dataclass
class Table:
    """What `{% table %}` prints and what the export writes.

    A page makes the table, returns `table.download()` when `table.is_download`, and hands the table to its
    template otherwise. Sorting and paging come from the query (`sort`, `page`); only columns with `sort` obey.
    """

    name: str
    columns: Sequence[Column]
    rows: QuerySet[Any] | Sequence[Any]
    request: HttpRequest
    caption: Label = ""
    order: str = ""
    page_size: int = 50
    empty_title: Label = ""
    empty_text: Label = ""
    export: bool = True
    count_up_to: int = 10_000

    @property
    def is_download(self) -> bool:
        """Whether the reader asked for the file instead of the page."""
        return self.export and self.request.GET.get("export") == "xlsx"

    @cached_property
    def sort(self) -> str:
        """The sorting in force: a column's key, with a minus for descending, or nothing."""
        wanted = self.request.GET.get("sort", "")
        keys = {column.key for column in self.columns if column.sort}
        return wanted if wanted.removeprefix("-") in keys else self.order

    @cached_property
    def ordered(self) -> QuerySet[Any] | Sequence[Any]:
        """All rows in the order asked for; ties are broken by key so that pages do not overlap."""
        column = next((c for c in self.columns if c.key == self.sort.removeprefix("-") and c.sort), None)
        if column is None:
            return self.rows
        backwards = self.sort.startswith("-")
        if isinstance(self.rows, QuerySet):
            sign = "-" if backwards else ""
            return self.rows.order_by(f"{sign}{column.sort}", f"{sign}pk")
        return sorted(self.rows, key=lambda row: _sortable(column.of(row)), reverse=backwards)

    @cached_property
    def total(self) -> int:
        """How many rows there are, counted up to `count_up_to` so that a large table stays quick."""
        if isinstance(self.rows, QuerySet):
            return self.rows.order_by()[: self.count_up_to + 1].count()
        return len(self.rows)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return isinstance(self.rows, QuerySet) and self.total > self.count_up_to

    @property
    def pages(self) -> int:
        """How many pages were counted."""
        return max(1, -(-self.total // self.page_size))

    @cached_property
    def number(self) -> int:
        """The page shown, from 1; a page beyond the end is the last."""
        wanted = self.request.GET.get("page", "")
        page = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= LONGEST_PAGE else 1
        return max(1, page if self.is_capped else min(page, self.pages))

    @cached_property
    def found(self) -> list[Any]:
        """The rows of this page, and one more when there is a next page."""
        start = (self.number - 1) * self.page_size
        stop = start + self.page_size + 1
        if isinstance(self.ordered, QuerySet) and start >= FAR_FROM_THE_START:
            return self._far(self.ordered, start, stop)
        return list(self.ordered[start:stop])

    def _far(self, ordered: QuerySet[Any], start: int, stop: int) -> list[Any]:
        """Skip many rows by reading only their keys, then read the rows wanted."""
        keys = list(ordered.values_list("pk", flat=True)[start:stop])
        rows = {row.pk: row for row in ordered.filter(pk__in=keys)}
        return [rows[key] for key in keys]

    @property
    def has_next(self) -> bool:
        """Whether rows follow this page."""
        return len(self.found) > self.page_size

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns, with the address that sorts by each."""
        return [self._head(column) for column in self.columns]

    @property
    def lines(self) -> list[Line]:
        """The rows of this page, ready to print."""
        tags = {column.key: self._tag(column) for column in self.columns}
        return [self._line(row, tags) for row in self.found[: self.page_size]]

    @property
    def first(self) -> int:
        """The place of the first row shown."""
        return (self.number - 1) * self.page_size + 1

    @property
    def last(self) -> int:
        """The place of the last row shown."""
        return self.first + min(len(self.found), self.page_size) - 1

    @cached_property
    def chosen(self) -> frozenset[str]:
        """The keys of the columns shown: the reader's choice from the cookie, else all that are not optional."""
        saved = self.request.COOKIES.get(f"columns_{self.name}", "")
        known = {column.key for column in self.columns}
        wanted = {key for key in saved.split("|") if key in known}
        return frozenset(wanted or {column.key for column in self.columns if not column.optional})

    def link(self, **changes: Any) -> str:
        """Return the query of this page with some parameters changed; None removes one."""
        query = self.request.GET.copy()
        query.pop("export", None)
        for key, value in changes.items():
            query.pop(key, None)
            if value is not None:
                query[key] = str(value)
        return f"?{urlencode(sorted((k, v) for k in query for v in query.getlist(k)))}"

    @property
    def previous_link(self) -> str:
        """The address of the page before."""
        return self.link(page=self.number - 1 if self.number > 2 else None)

    @property
    def next_link(self) -> str:
        """The address of the page after."""
        return self.link(page=self.number + 1)

    @property
    def export_link(self) -> str:
        """The address of the workbook."""
        return self.link(export="xlsx", page=None)

    def download(self) -> HttpResponse:
        """Return all rows, in the order asked for, as a workbook."""
        labels = [str(column.label) for column in self.columns]
        body = workbook(str(self.caption or self.name), labels, self._plain_rows())
        response = HttpResponse(body, content_type=MEDIA_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{self.name}.xlsx"'
        return response

    def _plain_rows(self) -> Iterator[list[Any]]:
        part = self.ordered[:MOST_EXPORTED]
        for row in part.iterator(2000) if isinstance(part, QuerySet) else part:
            yield [_plain(column.of(row)) for column in self.columns]

    def _head(self, column: Column) -> Head:
        is_hidden = column.key not in self.chosen
        if not column.sort:
            return Head(column, is_hidden)
        sorted_now = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
        wanted = f"-{column.key}" if sorted_now == "ascending" else column.key
        return Head(column, is_hidden, self.link(sort=wanted, page=None), sorted_now)

    def _tag(self, column: Column) -> SafeString:
        hidden = mark_safe("" if column.key in self.chosen else " hidden")  # noqa: S308 - one of two constants
        tag = '<td role="cell" data-key="{}" data-label="{}" class="is-{}"{}>'
        return format_html(tag, column.key, column.label, column.kind, hidden)

    def _line(self, row: Any, tags: Mapping[str, SafeString]) -> Line:
        return Line(row, [self._cell(column, row) for column in self.columns], tags)

    def _cell(self, column: Column, row: Any) -> Cell:
        link = column.link(row) if column.link else ""
        return Cell(column, column.of(row), column.key not in self.chosen, link)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value).replace(tzinfo=None)
    if value is None or isinstance(value, int | float | date):
        return value
    return str(value)


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value)
