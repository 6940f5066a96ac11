"""The commands `tongqu indicators …`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from tongqu.shared.ui.terminal import refusals_told, tell
from tongqu.systems.indicators.queries.reading import claims_in_file
from tongqu.systems.indicators.rules.claims.claim import row_of
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
) -> None:
    """Print the figures that a report states as claims, one a line, each with its place in the text."""
    with refusals_told():
        claims = claims_in_file(report, About(division, year, period), divisions)
    lines = "".join(json.dumps(row_of(claim), ensure_ascii=False) + "\n" for claim in claims)
    if out == "-":
        sys.stdout.write(lines)
        return
    try:
        Path(out).write_text(lines, encoding="utf-8")
    except OSError as error:
        tell([f"{out}: {error.strerror}. Name a file in a folder that exists."])
        raise typer.Exit(1) from None
    typer.echo(f"{len(claims)} claims in {out}", err=True)
