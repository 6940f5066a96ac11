"""Figures as tidy tables: one row a figure, as CSV or as Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, KINDS, Observation
from tongqu.systems.indicators.queries.series import EVER, Span
from tongqu.systems.indicators.rules.definition import Kind, Status
from tongqu.systems.indicators.rules.figures import unpacked
from tongqu.systems.indicators.rules.tidy import COLUMNS, Tidy

_CHUNK = 5000


@dataclass(frozen=True)
class Wanted:
    """Which figures: of which indicators and divisions (all when empty), of which kinds and periods."""

    indicators: Collection[str] = ()
    divisions: Collection[str] = ()
    kinds: Collection[Kind] = ()
    span: Span = EVER
    all_vintages: bool = False


def tidy(wanted: Wanted) -> Iterator[Tidy]:
    """Yield the figures by indicator, division, kind, period and revision."""
    rows = _asked(wanted).order_by("indicator__code", "division__code", "kind", "period", "revision")
    fields = (
        "indicator__code", "division__code", "period", "kind", "mantissa", "decimals", "status", "revision",
        "release__known_at", "release__title", "release__evidence__sha256", "span_start", "span_end",
    )  # fmt: skip
    for row in rows.values_list(*fields).iterator(chunk_size=_CHUNK):
        (
            code,
            division,
            period,
            kind,
            mantissa,
            decimals,
            status,
            revision,
            known_at,
            title,
            sha,
            start,
            end,
        ) = row
        value = None if mantissa is None else unpacked(mantissa, decimals)
        yield Tidy(
            code, division, Period.of_code(period), KINDS[kind], value, Status(status), revision, known_at, title,
            sha or "", start, end,
        )  # fmt: skip


def _asked(wanted: Wanted) -> QuerySet[Observation]:
    rows = Observation.objects.all()
    if wanted.indicators:
        rows = rows.filter(indicator__code__in=wanted.indicators)
    if wanted.divisions:
        rows = rows.filter(division__code__in=wanted.divisions)
    if wanted.kinds:
        rows = rows.filter(kind__in=[KIND_NUMBERS[kind] for kind in wanted.kinds])
    if wanted.span != EVER:
        rows = rows.filter(period__gte=wanted.span.first, period__lte=wanted.span.last)
    return rows if wanted.all_vintages else rows.filter(is_latest=True)


def csv_lines(wanted: Wanted) -> Iterator[str]:
    """Yield the lines of a CSV, the heading first."""
    yield _line(COLUMNS)
    for each in tidy(wanted):
        yield _line(each.cells)


def _line(cells: Collection[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def write_parquet(path: Path, wanted: Wanted) -> int:
    """Write the figures as a Parquet file and return how many; needs the extra `parquet`.

    Values are decimals of 38 digits, 15 behind the point; beside them stands how many were published.
    """
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        message = _("Parquet files need the extra “parquet”: install tongqu[parquet].")
        raise ImproperlyConfigured(message) from error
    schema = _schema(arrow)
    count = 0
    with parquet.ParquetWriter(path, schema) as writer:
        for batch in _batches(tidy(wanted)):
            writer.write_table(arrow.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def _schema(arrow: Any) -> Any:
    text = arrow.string()
    return arrow.schema(
        [
            ("indicator", arrow.dictionary(arrow.int32(), text)),
            ("division", arrow.dictionary(arrow.int32(), text)),
            ("period", text),
            ("kind", text),
            ("value", arrow.decimal128(38, 15)),
            ("decimals", arrow.int8()),
            ("status", text),
            ("revision", arrow.int16()),
            ("known_at", arrow.timestamp("us", tz="UTC")),
            ("release", text),
            ("evidence", text),
            ("span_start", arrow.int32()),
            ("span_end", arrow.int32()),
        ]
    )


def _batches(rows: Iterator[Tidy]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for each in rows:
        row = vars(each) | {"period": str(each.period), "kind": str(each.kind)}
        row["decimals"] = 0 if each.value is None else max(-int(each.value.as_tuple().exponent), 0)
        batch.append(row)
        if len(batch) == _CHUNK * 10:
            yield batch
            batch = []
    if batch:
        yield batch
