"""The commands `tongqu evidence …`."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from tongqu.kernel.problems import BadInput
from tongqu.shared.clock import machine_now, now
from tongqu.shared.evidence.actions.importing import run_import, start_import
from tongqu.shared.evidence.actions.upkeep import make_missing_renditions
from tongqu.shared.evidence.actions.upkeep import sweep as sweep_store
from tongqu.shared.evidence.models import ImportBatch
from tongqu.shared.evidence.queries.checking import verify as verify_store
from tongqu.shared.evidence.queries.imports import items_of, reason_of, tally
from tongqu.shared.evidence.rules.words import BatchState, ItemState
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.shared.region.models import Person, Unit

app = typer.Typer(no_args_is_help=True, help="Photos and documents: import them, check and tidy the store.")

PATH = Annotated[Path, typer.Argument(help="A folder, a ZIP or one file.")]
UNIT = Annotated[str, typer.Option(help="Code of the unit that brings the files in.")]
BY = Annotated[
    str, typer.Option(help="Login of the person who brings them in; the system, if none is named.")
]
RESTRICTED = Annotated[bool, typer.Option(help="Show them only to the unit, those above it, and by grant.")]
SOURCE = Annotated[str, typer.Option(help="Where they come from, in one word.")]


@app.command("import")
def import_files(
    path: PATH, unit: UNIT = "", by: BY = "", restricted: RESTRICTED = False, source: SOURCE = "import"
) -> None:
    """Import photos and documents; safe to repeat, and after a crash it goes on where it stopped."""
    try:
        batch = start_import(
            path,
            by=_actor(by),
            at=now(),
            unit=_unit(unit) if unit else None,
            source=source,
            restricted=restricted,
        )
    except BadInput as error:
        _fail(str(error))
    before = tally(batch)
    with typer.progressbar(length=before.total, label=batch.label) as bar:
        bar.update(before.done)
        run_import(batch, clock=now, report=lambda _done, _total: bar.update(1))
    _print_report(batch)


@app.command()
def sweep() -> None:
    """Take away unfinished drafts, files that never became evidence, and uploads whose import is over."""
    swept = sweep_store(machine_at=machine_now())
    typer.echo(
        f"Took away {swept.drafts} drafts, {swept.orphans} files without evidence and {swept.uploads} uploads"
        f" ({swept.size_bytes:,} bytes)."
    )


@app.command()
def verify() -> None:
    """Read every stored file, hash it anew and name each that is missing or damaged."""
    checked = faults = 0
    for found in verify_store():
        checked += 1
        if found.fault is not None:
            faults += 1
            typer.echo(f"{found.fault}: {found.sha256} {found.name}", err=True)
    typer.echo(f"Checked {checked} files; {faults} are missing or damaged.")
    if faults:
        raise typer.Exit(1)


@app.command()
def renditions() -> None:
    """Make the thumbnails and web sizes that are missing, in this process instead of the worker."""
    typer.echo(f"Made the smaller pictures of {make_missing_renditions(at=now())} photos.")


def _print_report(batch: ImportBatch) -> None:
    counts = tally(batch)
    typer.echo(f"{counts.new} new, {counts.known} known, {counts.refused} refused, {counts.waiting} waiting.")
    for item in items_of(batch, ItemState.REFUSED):
        typer.echo(f"  refused: {item.name}: {reason_of(item)}", err=True)
    if batch.state != BatchState.DONE:
        _fail(f"The import stopped. {batch.problem} Run the same command again to go on.")


def _actor(login: str) -> Actor:
    if not login:
        return SYSTEM
    person = Person.objects.filter(username=login).first()
    return person or _fail(f"There is no person with the login {login!r}. Check --by.")


def _unit(code: str) -> Unit:
    return Unit.objects.filter(code=code).first() or _fail(f"There is no unit {code!r}. Check --unit.")


def _fail(say: str) -> NoReturn:
    typer.echo(say, err=True)
    raise typer.Exit(1)
