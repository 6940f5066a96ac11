"""Reads the rows of a table of figures: each is a good row, or the problems that it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tongqu.kernel.periods import YEAR_MONTHS, BadPeriod, Period
from tongqu.kernel.problems import Problem
from tongqu.systems.indicators.rules.definition import Accumulation, Definition, Kind, Status
from tongqu.systems.indicators.rules.figures import BadNumber, read_number
from tongqu.systems.indicators.rules.saying import Said, gettext_noop, wrong

COLUMNS = ("indicator", "division", "period", "kind", "value", "status")
NEEDED = ("indicator", "division", "period", "value")
TITLES = {
    "指标": "indicator", "指標": "indicator", "区划": "division", "區劃": "division", "地区": "division",
    "地區": "division", "时期": "period", "時期": "period", "类型": "kind", "類型": "kind", "数值": "value",
    "數值": "value", "状态": "status", "狀態": "status",
}  # fmt: skip
"""Chinese headings of the columns."""


@dataclass(frozen=True)
class Row:
    """One good row."""

    indicator: str
    division: str
    period: Period
    kind: Kind
    value: Decimal | None
    status: Status = Status.NORMAL

    @property
    def key(self) -> tuple[str, str, Period, Kind]:
        """What it is a figure of."""
        return self.indicator, self.division, self.period, self.kind


@dataclass(frozen=True)
class Book:
    """What a table may speak of: indicators by code, and the codes of divisions by code and by name."""

    indicators: Mapping[str, Definition]
    divisions: Mapping[str, str]
    """Code by code and by name; a name that two divisions share is not in it."""


@dataclass
class Read:
    """What was read: the good rows, and what is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def columns_of(heading: Iterable[str], file: str = "") -> tuple[list[str], list[Problem]]:
    """Return the names of the columns, an empty one for a column that is not used, and what is missing.

    >>> columns_of(["指标", "地区", "period", "值"])[0]
    ['indicator', 'division', 'period', '']
    """
    names = [_column(title) for title in heading]
    problems: list[Problem] = [
        wrong(
            Said(
                gettext_noop(
                    "There is no column '%(name)s'. Name the columns %(columns)s; kind and status may be left out."
                ),
                {"name": name, "columns": ", ".join(COLUMNS)},
            ),
            "no-column",
            file,
            1,
            name,
        )
        for name in NEEDED
        if name not in names
    ]
    twice = gettext_noop("The column '%(name)s' stands twice. Keep one.")
    problems += [
        wrong(Said(twice, {"name": name}), "column-twice", file, 1, name)
        for name in sorted({name for name in names if name and names.count(name) > 1})
    ]
    return names, problems


def _column(title: str) -> str:
    plain = title.strip().lower().removeprefix("\ufeff")
    name = TITLES.get(plain, plain)
    return name if name in COLUMNS else ""


def read_rows(rows: Iterable[tuple[int, Mapping[str, str]]], book: Book, file: str = "") -> Read:
    """Return the good rows of a table and the problems of the others; a row counts as a spreadsheet does, from 2.

    A figure that stands twice with one value is kept once; with two values, the second row is a problem.
    """
    found = Read()
    seen: dict[tuple[str, str, Period, Kind], tuple[int, Row]] = {}
    for number, cells in rows:
        row, problems = read_row(cells, book, file, number)
        if row is None:
            found.problems += problems
        elif row.key not in seen:
            seen[row.key] = number, row
            found.rows.append(row)
        elif (first := seen[row.key])[1] != row:
            twice = gettext_noop("The same figure stands in row %(row)s with %(value)s. Keep one of the two.")
            said = Said(twice, {"row": first[0], "value": first[1].value})
            found.problems.append(wrong(said, "twice", file, number, "value"))
    return found


def read_row(
    cells: Mapping[str, str], book: Book, file: str, number: int
) -> tuple[Row | None, list[Problem]]:
    """Return the row, or None and all that is wrong with it."""
    reader = _RowReader({name: text.strip() for name, text in cells.items()}, book, file, number)
    return reader.read(), reader.problems


class _RowReader:
    """Reads one row, and notes each problem with its field."""

    def __init__(self, cells: Mapping[str, str], book: Book, file: str, number: int) -> None:
        self.cells, self.book, self.file, self.number = cells, book, file, number
        self.problems: list[Problem] = []

    def read(self) -> Row | None:
        indicator, division = self._indicator(), self._division()
        period, kind = self._period(indicator), self._kind()
        value = self._value()
        status = self._status(value)
        if self.problems or indicator is None or period is None:
            return None
        return Row(indicator.code, division, period, kind, value, status)

    def _wrong(self, name: str, said: Said, code: str) -> None:
        self.problems.append(wrong(said, code, self.file, self.number, name))

    def _indicator(self) -> Definition | None:
        code = self.cells.get("indicator", "")
        found = self.book.indicators.get(code)
        if found is None:
            text = gettext_noop("No indicator has the code '%(code)s'. Define it, or correct it.")
            self._wrong("indicator", Said(text, {"code": code}), "unknown")
        return found

    def _division(self) -> str:
        text = self.cells.get("division", "")
        found = self.book.divisions.get(text, "")
        if not found:
            say = gettext_noop(
                "No division has the code or name '%(text)s', or several have. Write its code, or add it."
            )
            self._wrong("division", Said(say, {"text": text}), "unknown")
        return found

    def _period(self, indicator: Definition | None) -> Period | None:
        text = self.cells.get("period", "")
        try:
            period = Period.parse(text)
        except BadPeriod:
            self._wrong("period", no_period(text), "bad-period")
            return None
        if indicator is not None and (said := misfit(indicator, period)) is not None:
            self._wrong("period", said, "misfit")
        return period

    def _kind(self) -> Kind:
        text = self.cells.get("kind", "") or Kind.LEVEL
        if text in set(Kind):
            return Kind(text)
        say = gettext_noop("'%(text)s' is no kind of figure. Write one of %(kinds)s.")
        self._wrong("kind", Said(say, {"text": text, "kinds": ", ".join(Kind)}), "unknown")
        return Kind.LEVEL

    def _value(self) -> Decimal | None:
        try:
            return read_number(self.cells.get("value", ""))
        except BadNumber as bad:
            self._wrong("value", bad.said, "bad-number")
            return None

    def _status(self, value: Decimal | None) -> Status:
        text = self.cells.get("status", "") or (Status.NORMAL if value is not None else Status.MISSING)
        if text not in set(Status):
            say = gettext_noop("'%(text)s' is no status. Write one of %(letters)s, or leave it empty.")
            self._wrong("status", Said(say, {"text": text, "letters": ", ".join(Status)}), "unknown")
            return Status.NORMAL
        if (text == Status.MISSING) != (value is None) and not any(p.field == "value" for p in self.problems):
            say = gettext_noop(
                "A figure has either a value, or no value and the status O. Correct one of the two."
            )
            self._wrong("status", Said(say), "misfit")
        return Status(text)


def no_period(text: str) -> Said:
    """Say that a text is no period.

    >>> print(no_period("soon"))
    'soon' is not a period. Write 2024, 2024-S1, 2024-Q3, 2024-09, or 2024-01/P9M for January to September.
    """
    say = gettext_noop(
        "'%(text)s' is not a period. Write 2024, 2024-S1, 2024-Q3, 2024-09, or 2024-01/P9M for January to September."
    )
    return Said(say, {"text": text})


def misfit(indicator: Definition, period: Period) -> Said | None:
    """Return why a figure of the indicator cannot be of this period, or None when it can.

    >>> print(misfit(Definition("GDP", "生产总值", accumulation=Accumulation.CUMULATIVE), Period.parse("2024-Q3")))
    GDP is published from January on: 2024-Q3 would be 2024-01/P9M.
    >>> ten = Period.parse("2012-01/P120M")
    >>> misfit(Definition("PACE", "年均增速"), ten), bool(misfit(Definition("AREA", "面积", accumulation=Accumulation.STOCK), ten))
    (None, True)
    """
    if indicator.accumulation == Accumulation.CUMULATIVE:
        if not period.is_to_date:
            say = gettext_noop("%(code)s is published from January on: %(period)s would be %(to_date)s.")
            return Said(say, {"code": indicator.code, "period": period, "to_date": period.to_date})
    elif not (period.frequency or _spans_years(indicator, period)):
        say = gettext_noop("%(code)s is published by period: %(period)s is no year, half, quarter or month.")
        return Said(say, {"code": indicator.code, "period": period})
    return None


def _spans_years(indicator: Definition, period: Period) -> bool:
    """Answer whether the period is of whole years, over which a mean growth or an increase is given; a stock has none."""
    whole = period.months % YEAR_MONTHS == 0 and period.start % YEAR_MONTHS == 0
    return whole and indicator.accumulation == Accumulation.PERIOD
