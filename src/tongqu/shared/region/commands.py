"""The commands `tongqu region …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import override

from tongqu.kernel.calendar import Allowance, BadAllowance
from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.clock import now
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.actions.importing import ImportReport, import_region
from tongqu.shared.region.queries import export_region, the_region, work_calendar
from tongqu.shared.region.queries import locate as locate_point

app = typer.Typer(no_args_is_help=True, help="The region: divisions, units, people and the work calendar.")

_SHOWN = 50


@app.command("import")
def import_(
    folder: Annotated[
        Path, typer.Argument(help="Folder with divisions.csv, outlines.geojson and the others.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and report; write nothing.")] = False,
) -> None:
    """Import a region from a folder of CSV and GeoJSON; safe to repeat. See docs/region-folder.md."""
    try:
        # The rest of the command speaks English; so do its problems.
        with override("en"):
            report = import_region(folder, by=SYSTEM, at=now(), dry_run=dry_run)
    except BadInput as error:
        typer.echo(f"Nothing was imported: {len(error.problems)} problem(s).", err=True)
        _show(error.problems)
        raise typer.Exit(1) from None
    _tell(report)


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write; made if it is not there.")],
) -> None:
    """Write the region to a folder that `import` reads."""
    for name, data in export_region().items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        typer.echo(f"{folder / name}: {len(data):,} bytes")


@app.command("locate")
def locate(
    lon: Annotated[float, typer.Argument(help="Longitude, WGS-84 degrees.")],
    lat: Annotated[float, typer.Argument(help="Latitude, WGS-84 degrees.")],
) -> None:
    """Print the divisions that a point lies in, largest first."""
    chain = locate_point(lon, lat)
    for division in chain:
        typer.echo(f"{division.code:<15}  {division.name_zh_hans}  {division.name_en}".rstrip())
    if not chain:
        typer.echo("The point lies outside the region.", err=True)
        raise typer.Exit(1)


@app.command("deadline")
def deadline(
    allowance: Annotated[str, typer.Argument(help="4wh, 3wd (working hours, days), 2h or 7d.")],
) -> None:
    """Print when an allowance given now is used up."""
    try:
        given = Allowance.parse(allowance)
    except BadAllowance as error:
        raise typer.BadParameter(str(error)) from None
    calendar = work_calendar()
    typer.echo(calendar.add(now(), given).astimezone(calendar.zone).isoformat(timespec="minutes"))


@app.command("show")
def show() -> None:
    """Print the region, its zone and its working hours."""
    region = the_region()
    typer.echo(f"{region.root.code} {region.root.name_zh_hans}: {region.time_zone}, {region.work_spans}")


def _tell(report: ImportReport) -> None:
    for name, count in report.counts.items():
        typer.echo(f"{name}: {count.added} new, {count.changed} changed, {count.same} unchanged")
    typer.echo(f"{report.derived} areas are derived from centres and approximate.")
    if report.problems:
        typer.echo(f"{len(report.problems)} row(s) left out or corrected:", err=True)
        _show(report.problems)
    if report.dry_run:
        typer.echo("Dry run: nothing was written.")


def _show(problems: list[Problem] | tuple[Problem, ...]) -> None:
    for problem in problems[:_SHOWN]:
        typer.echo(f"  {problem}", err=True)
    if len(problems) > _SHOWN:
        typer.echo(f"  … and {len(problems) - _SHOWN} more.", err=True)
