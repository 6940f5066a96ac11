"""The commands `tongqu demo …`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tongqu.demo.actions import CASES, SEED, Loaded, NotADemo, NothingLoaded, is_loaded, live_a_day, load
from tongqu.demo.logins import listing
from tongqu.demo.photo import NoSpot, photo_of
from tongqu.shared.clock import now
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.naming import id_in_number

app = typer.Typer(
    no_args_is_help=True, help="The demo region: invented people and cases in a region like Quzhou."
)

PHOTOS = Annotated[
    Path | None,
    typer.Option(
        help="A folder of real drone photos to bring in beside the invented ones, where they were taken.",
        exists=True,
        file_okay=False,
    ),
]
NUMBER = Annotated[int, typer.Option(help="How many cases come up in the eight weeks.", min=8, max=5000)]
CHANCE = Annotated[int, typer.Option(help="Another seed gives another eight weeks.")]
PROCESSES = Annotated[
    int | None,
    typer.Option(
        help="Processes that render photos; 0 renders in this one. All processors by default.", min=0
    ),
]


@app.command("load")
def load_command(
    photos: PHOTOS = None, cases: NUMBER = CASES, seed: CHANCE = SEED, processes: PROCESSES = None
) -> None:
    """Load the demo region once; an interrupted load goes on, and a finished one is left alone."""
    # Photos that lie about are looked for once; those that are named come in whenever they are.
    real = photos or (None if is_loaded() else _beside("photos"))
    try:
        loaded = load(
            at=now(),
            tell=_tell,
            cases=cases,
            seed=seed,
            photos=real,
            press=_beside("press"),
            processes=processes,
        )
    except NotADemo as refusal:
        typer.secho(str(refusal), err=True, fg="red")
        raise typer.Exit(1) from None
    _say(loaded, "The demo region is there already; nothing was done.")


@app.command("day")
def day_command(processes: PROCESSES = None) -> None:
    """Let the time since the last load or day pass (at most a week): new cases come up and are worked on."""
    try:
        loaded = live_a_day(at=now(), tell=_tell, processes=processes)
    except (NotADemo, NothingLoaded) as refusal:
        typer.secho(str(refusal), err=True, fg="red")
        raise typer.Exit(1) from None
    _say(loaded, "Less than a day has passed; nothing was done.")


@app.command("logins")
def logins_command() -> None:
    """Print who can sign in, and the password."""
    lines = listing()
    if not lines:
        typer.secho(str(NothingLoaded()), err=True, fg="red")
        raise typer.Exit(1)
    typer.echo("\n".join(lines))


@app.command("photo")
def photo_command(
    file: Annotated[Path, typer.Argument(help="Where to write the JPEG.")],
    after: Annotated[bool, typer.Option("--after", help="Show the spot when the heap is gone.")] = False,
    case: Annotated[str, typer.Option(help="Number of a case whose place is to be shown.")] = "",
) -> None:
    """Write an invented photo as if taken now: a heap of rubble, or with --after the same spot without it."""
    try:
        file.write_bytes(photo_of(now(), case=_case(case), after=after))
    except (NoSpot, OSError) as refusal:
        typer.secho(str(refusal), err=True, fg="red")
        raise typer.Exit(1) from None
    typer.echo(f"{file} is written. It is invented, and says so.")


def _case(number: str) -> Case | None:
    """Return the case of the number; leaves the command when there is none."""
    if not number:
        return None
    pk = id_in_number(number)
    found = Case.objects.filter(pk=pk).first() if pk is not None else None
    if found is None:
        typer.secho(f"There is no case {number}. Copy its number from the page.", err=True, fg="red")
        raise typer.Exit(1)
    return found


def _beside(name: str) -> Path | None:
    """Return a folder of real data beside the checkout, when there is one."""
    folder = Path(__file__).resolve().parents[3].parent / "shared" / "data" / name
    return folder if folder.is_dir() else None


def _tell(done: int, of: int) -> None:
    """Show the progress: in place on a terminal, else a line now and then."""
    if sys.stderr.isatty():
        typer.echo(f"\rLoading the demo region: {done} of {of} acts", nl=done == of, err=True)
    elif done == of or done % 250 == 0:
        typer.echo(f"Loading the demo region: {done} of {of} acts", err=True)


def _say(loaded: Loaded, nothing: str) -> None:
    if loaded.is_new:
        typer.echo(
            f"The demo region is ready: {loaded.steps} acts. Everything in it is invented and marked so, but the figures of Quzhou that the press printed."
        )
    else:
        typer.echo(nothing)
    if loaded.photos:
        typer.echo(f"{loaded.photos} real photos came in as evidence, where they were taken.")
