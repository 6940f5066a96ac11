"""The commands `tongqu indicators …`."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.timezone import make_aware

from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.shared.ui.terminal import refusals_told, tell
from tongqu.systems.indicators.actions.exchange import import_data, import_structures
from tongqu.systems.indicators.actions.importing import import_figures
from tongqu.systems.indicators.actions.recording import Origin
from tongqu.systems.indicators.actions.standard import define_standard
from tongqu.systems.indicators.queries.exchange import data_message, structure_message
from tongqu.systems.indicators.queries.export import Wanted, csv_lines, write_parquet
from tongqu.systems.indicators.rules.sdmx.dialects import Standard

if TYPE_CHECKING:
    from tongqu.systems.indicators.rules.claims.claim import Claim
    from tongqu.systems.indicators.rules.claims.sheet import About

app = typer.Typer(no_args_is_help=True, help="Figures of the region, and the claims of reports about them.")
# Without a callback Typer would make a lone command the whole group.
app.callback()(lambda: None)


@app.command("read")
def read_command(
    report: Annotated[Path, typer.Argument(help="A report in Chinese: .txt, .html, .pdf or .docx.")],
    out: Annotated[
        str, typer.Option("--json", help="File for the claims, one a line as JSON; - for standard output.")
    ] = "-",
    division: Annotated[
        str,
        typer.Option("--division", help="Division that the report is about; else it is read from the text."),
    ] = "",
    year: Annotated[
        int | None,
        typer.Option("--year", help="Year in which the report was written (its 今年).", min=1900, max=2999),
    ] = None,
    period: Annotated[
        str,
        typer.Option("--period", help="Period that the report speaks of where it names none: 2021, 2021-Q1."),
    ] = "",
    divisions: Annotated[
        Path | None,
        typer.Option("--divisions", help="CSV file of more divisions, with the columns code and name."),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep", help="Keep report and claims in the database; read what the store names, too."
        ),
    ] = False,
    by: Annotated[
        str, typer.Option("--by", help="With --keep: login of who reads it, of the statistics office.")
    ] = "",
    title: Annotated[
        str, typer.Option("--title", help="With --keep: title of the report; else the file's name.")
    ] = "",
    source: Annotated[str, typer.Option("--source", help="With --keep: who published it.")] = "",
    known_at: Annotated[
        datetime | None,
        typer.Option("--known-at", help="With --keep: when it was published; by default now."),
    ] = None,
) -> None:
    """Print the figures that a report states as claims, one a line, each with its place in the text."""
    # Imported where reports are read: every command loads this module, and the patterns take long to compile.
    from tongqu.systems.indicators.queries.reading import claims_in_file
    from tongqu.systems.indicators.rules.claims.claim import row_of
    from tongqu.systems.indicators.rules.claims.sheet import About

    about = About(division, year, period)
    with refusals_told(), denials_told():
        if keep and divisions:
            tell(["--divisions goes without --keep: what is kept is read with the divisions of the store."])
            raise typer.Exit(1)
        kept = keep_report(report, about, _person(by), title, source, known_at) if keep else None
        claims = claims_in_file(report, about, divisions) if kept is None else kept
    lines = "".join(json.dumps(row_of(claim), ensure_ascii=False) + "\n" for claim in claims)
    if out == "-":
        sys.stdout.write(lines)
        return
    _write(Path(out), [lines])
    typer.echo(f"{len(claims)} claims in {out}", err=True)


def keep_report(
    file: Path, about: "About", by: Person, title: str, source: str, known_at: datetime | None
) -> "list[Claim]":
    """Keep a report with its claims, say where it stands, and return the claims as they were read."""
    from tongqu.systems.indicators.actions.reports import ReportOrigin, read_report

    at = now()
    origin = ReportOrigin(title or file.stem, make_aware(known_at) if known_at else at, source)
    made = read_report(_bytes(file), file.name, origin, about=about, by=by, at=at)
    address = reverse("indicators:report", args=[made.report.pk])
    claims = [row.read for row in made.report.claims.all()]
    typer.echo(f"{'Kept' if made.is_new else 'Known already'}: {address}, {len(claims)} claims.", err=True)
    return claims


BY = Annotated[str, typer.Option("--by", help="Login of the person who records: of the statistics office.")]


@app.command("define-standard")
def define_standard_command(by: BY) -> None:
    """Define what is missing of the standard list: indicators, the divisions of Zhejiang, the sets of them."""
    person = _person(by)
    with refusals_told(), denials_told():
        found = define_standard(by=person, at=now())
    typer.echo(f"{found.indicators} indicators, {found.divisions} divisions and {found.sets} sets are new.")


@app.command("import")
def import_command(
    table: Annotated[Path, typer.Argument(help="CSV, XLSX, or SDMX-ML data (.xml).")],
    by: BY,
    title: Annotated[
        str, typer.Option("--title", help="What the figures come with, such as the bulletin's name.")
    ],
    known_at: Annotated[
        datetime | None,
        typer.Option(
            "--known-at", help="Since when the public knows them, in the region's time; by default now."
        ),
    ] = None,
    source: Annotated[str, typer.Option("--source", help="Where they are from.")] = "",
    structure: Annotated[
        Path | None, typer.Option("--structure", help="SDMX-ML structure that defines what the data name.")
    ] = None,
) -> None:
    """Record the good rows of a table of figures, and name each bad one."""
    person, at = _person(by), now()
    with refusals_told(), denials_told():
        origin = Origin(title, make_aware(known_at) if known_at else at, source)
        if structure is not None:
            import_structures(_bytes(structure), structure.name, by=person, at=at)
        found = (import_data if table.suffix == ".xml" else import_figures)(
            _bytes(table), table.name, origin, by=person, at=at
        )
    kept = found.total
    tell(found.problems)
    typer.echo(
        f"{kept.added} added, {kept.revised} revised, {kept.unchanged} known already, "
        f"{len(found.problems)} problems."
    )
    if found.problems:
        raise typer.Exit(1)


@app.command("export")
def export_command(
    out: Annotated[Path, typer.Argument(help="File to write: .csv, .parquet, or .xml (SDMX-ML data).")],
    indicators: Annotated[
        str, typer.Option("--indicators", help="Codes with commas between; by default all.")
    ] = "",
    divisions: Annotated[
        str, typer.Option("--divisions", help="Codes with commas between; by default all.")
    ] = "",
    all_vintages: Annotated[bool, typer.Option("--all-vintages", help="Every revision as well.")] = False,
    sdmx: Annotated[Standard, typer.Option("--sdmx", help="Version of SDMX.")] = Standard.V21,
) -> None:
    """Write figures as a tidy table or as SDMX-ML; beside the latter, its structure as NAME.structure.xml."""
    wanted = Wanted(_codes(indicators), _codes(divisions), all_vintages=all_vintages)
    match out.suffix:
        case ".csv":
            _write(out, csv_lines(wanted))
        case ".parquet":
            try:
                write_parquet(out, wanted)
            except ImproperlyConfigured as missing:
                tell([missing])
                raise typer.Exit(1) from None
        case ".xml":
            _write(out, data_message(wanted, at=now(), standard=sdmx))
            _write(out.with_suffix(".structure.xml"), [structure_message(at=now(), standard=sdmx)])
        case other:
            tell(
                [f"{out}: nothing is written as '{other}'. Name a file that ends in .csv, .parquet or .xml."]
            )
            raise typer.Exit(1)
    typer.echo(f"Written to {out}.")


@app.command("card")
def card_command(
    division: Annotated[str, typer.Argument(help="Code of the division.")],
    period: Annotated[str, typer.Argument(help="2024, 2024-S1, 2024-Q3, 2024-09, or 2024-01/P9M.")],
    out: Annotated[Path, typer.Argument(help="File to write: .docx, .pdf or .html.")],
    among: Annotated[
        str, typer.Option("--set", help="Code of the set for ranks; by default the first that it is in.")
    ] = "",
    indicators: Annotated[
        str, typer.Option("--indicators", help="Codes with commas between; by default the main ones.")
    ] = "",
    language: Annotated[str, typer.Option("--language", help="zh-hans, zh-hant or en.")] = "zh-hans",
) -> None:
    """Write the report card of a division and a period."""
    # Imported where cards are written: the typesetter takes long to load.
    from tongqu.systems.indicators.queries.card_files.writing import CannotWrite, written_card

    asked = (among, _codes(indicators), language)
    try:
        data = written_card(division, period, out.suffix.removeprefix("."), *asked, at=now())
        out.write_bytes(data)
    except CannotWrite as why:
        tell([why])
        raise typer.Exit(1) from None
    except OSError as error:
        tell([f"{out}: {error.strerror}. Name a file in a folder that exists."])
        raise typer.Exit(1) from None
    typer.echo(f"Written to {out}.")


@contextmanager
def denials_told() -> Iterator[None]:
    """Say why somebody may not do this, and leave the command with the status 1."""
    try:
        yield
    except NotAllowed as denied:
        tell([denied])
        raise typer.Exit(1) from None


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]


def _person(login: str) -> Person:
    person = Person.objects.filter(username=login, is_active=True).first()
    if person is None:
        tell([f"Nobody signs in as {login!r}. Name an active person with --by."])
        raise typer.Exit(1)
    return person


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        tell([f"{file}: {error.strerror}. Name a file that can be read."])
        raise typer.Exit(1) from None


def _write(file: Path, pieces: Iterable[str]) -> None:
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            target.writelines(pieces)
    except OSError as error:
        tell([f"{file}: {error.strerror}. Name a file in a folder that exists."])
        raise typer.Exit(1) from None
