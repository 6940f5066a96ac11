"""The commands `tongqu cases …`."""

from pathlib import Path
from typing import Annotated

import typer

from tongqu.kernel.problems import BadInput
from tongqu.shared.clock import now
from tongqu.shared.journal.rules import NamedActor
from tongqu.systems.cases.actions.matters import STANDARD_LIST, import_matters

app = typer.Typer(no_args_is_help=True, help="Cases and the matters they are about.")
matters = typer.Typer(no_args_is_help=True, help="The list of matters.")
app.add_typer(matters, name="matters")

OPERATOR = NamedActor("command", "命令行")


@matters.command("import")
def import_list(
    file: Annotated[
        Path, typer.Argument(help="A CSV list of matters; without one, the list that comes with the system.")
    ] = STANDARD_LIST,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Load matters: add new ones, change those that differ. Safe to repeat."""
    try:
        report = import_matters(file, by=OPERATOR, at=now(), dry_run=dry_run)
    except BadInput as refusal:
        for problem in refusal.problems:
            typer.echo(f"✗ {problem}", err=True)
        raise typer.Exit(1) from None
    for problem in report.problems:
        typer.echo(f"✗ {problem}", err=True)
    typer.echo(f"{report.new} new, {report.changed} changed, {report.same} as before.")
    if report.problems:
        raise typer.Exit(1)
