"""What commands say at a terminal when something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer

from tongqu.kernel.problems import BadInput


def tell(problems: Iterable[object]) -> None:
    """Name the problems, one on each line."""
    for problem in problems:
        typer.echo(f"✗ {problem}", err=True)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Name what is wrong with refused input, and leave the command with the status 1."""
    try:
        yield
    except BadInput as refusal:
        tell(refusal.problems)
        raise typer.Exit(1) from None
