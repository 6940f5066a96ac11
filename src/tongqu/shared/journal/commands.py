"""The commands `tongqu journal …`."""

import time
from pathlib import Path
from typing import Annotated

import typer
from django.utils.timezone import localtime

from tongqu.shared.clock import now
from tongqu.shared.journal import actions, queries
from tongqu.shared.journal.rules import BadAnchor, subject_of

app = typer.Typer(no_args_is_help=True, help="The journal: check the chain, anchor it, show what happened.")

FROM = Annotated[int, typer.Option("--from", help="Number of the first fact to check.", min=1)]
ANCHORS = Annotated[
    Path | None, typer.Option("--anchor", help="File of anchors that the chain must agree with.")
]
ANCHOR_FILE = Annotated[Path, typer.Argument(help="File to append to; keep it where the database is not.")]
SUBJECT = Annotated[str, typer.Option(help="What the facts are about, such as case:12.")]


@app.command()
def verify(from_seq: FROM = 1, anchor: ANCHORS = None) -> None:
    """Walk along the chain; name the first broken fact. Exit code 1 when there is one, 2 for a bad anchor file."""
    try:
        anchors = queries.read_anchors(anchor) if anchor else {}
    except (BadAnchor, OSError, UnicodeDecodeError) as error:
        typer.secho(f"{anchor}: {error}", err=True, fg="red")
        raise typer.Exit(2) from None
    started = time.monotonic()
    walk = queries.verify(from_seq, anchors)
    seconds = time.monotonic() - started
    actions.note_verification(walk, at=now(), seconds=seconds)
    if walk.broken is not None:
        typer.secho(f"{walk.broken} ({walk.broken.fault})", err=True, fg="red")
        raise typer.Exit(1)
    checked = f", {len(anchors)} anchors agree" if anchors else ""
    typer.echo(
        f"{walk.length} facts are sound up to {walk.last_seq} {walk.last_hash} ({seconds:.1f} s){checked}"
    )


@app.command()
def anchor(file: ANCHOR_FILE) -> None:
    """Append number and hash of the last fact to a file, against which `verify --anchor` checks later."""
    found = actions.anchor(file, now())
    typer.echo(found.line())


@app.command()
def show(subject: SUBJECT) -> None:
    """Print what happened to a subject, oldest first."""
    try:
        wanted = subject_of(subject)
    except ValueError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(2) from None
    for fact in queries.facts_of(wanted):
        typer.echo(
            f"{fact.seq}  {localtime(fact.at):%Y-%m-%d %H:%M:%S}  {fact.actor_name}  {fact.verb}  {fact.after}"
        )
        if fact.note:
            typer.echo(f"    {fact.note}")
