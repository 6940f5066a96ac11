"""The commands `tongqu duties …`."""

from __future__ import annotations

from typing import Annotated

import typer

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.duties.actions.league import count_all_closed
from tongqu.shared.duties.actions.reminders import remind_all
from tongqu.shared.duties.actions.rule_changes import recompute_lamps, set_lamp_rule
from tongqu.shared.duties.queries import rulebook, thresholds_of
from tongqu.shared.duties.rules import Thresholds
from tongqu.shared.region.models import Person

app = typer.Typer(no_args_is_help=True, help="Duties: reminders, the league's rows, the rules of lamps.")

KIND = Annotated[
    str, typer.Option(help="Kind of duty; without one, all kinds that have no rule of their own.")
]
BY = Annotated[str, typer.Option(help="Login of the region administrator in whose name it is done.")]
YELLOW = Annotated[float, typer.Option(help="Yellow when this share of the time is used, such as 0.7.")]
RED = Annotated[int, typer.Option(help="Red so many working days after due.", min=0)]
YELLOW_SLIP = Annotated[int, typer.Option(help="Yellow when the forecast slips by so many days.", min=0)]
RED_SLIP = Annotated[int, typer.Option(help="Red when the forecast slips by so many days.", min=0)]


@app.command()
def remind() -> None:
    """Do every step of reminding and escalation that has come; the worker does so each minute."""
    typer.echo(f"{remind_all(at=now())} duties")


@app.command()
def count() -> None:
    """Bring the league's rows up to date; the worker does so every five minutes."""
    typer.echo(f"{count_all_closed(at=now())} closed duties added")


@app.command()
def rules() -> None:
    """Print the thresholds and steps in force."""
    book = rulebook()
    for kind in sorted({"", *book.lamp_rules, *book.own_steps}):
        found = thresholds_of(book.lamp_rule(kind))
        typer.echo(
            f"{kind or '*'}: yellow at {found.yellow_share:.0%}, red {found.red_days_late} working days late, "
            f"forecast slips {found.yellow_slip_days} days yellow, {found.red_slip_days} days red"
        )
        typer.echo(f"    {' '.join(step.key for step in book.steps(kind))}")


@app.command("set-rule")
def set_rule(
    by: BY,
    kind: KIND = "",
    yellow_share: YELLOW = 0.7,
    red_days_late: RED = 0,
    yellow_slip_days: YELLOW_SLIP = 1,
    red_slip_days: RED_SLIP = 10,
) -> None:
    """Put a lamp rule in force for duties opened from now on."""
    thresholds = Thresholds(yellow_share, red_days_late, yellow_slip_days, red_slip_days)
    try:
        set_lamp_rule(kind, thresholds, by=_person(by), at=now())
    except (BadInput, NotAllowed) as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(2) from None


@app.command("apply-rule")
def apply_rule(by: BY, kind: KIND = "") -> None:
    """Bring open duties (of all kinds without one) under the rule in force."""
    try:
        typer.echo(f"{recompute_lamps(kind, by=_person(by), at=now())} open duties recomputed")
    except NotAllowed as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(2) from None


def _person(username: str) -> Person:
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None:
        typer.secho(f"There is no active person '{username}'. Check the login.", err=True, fg="red")
        raise typer.Exit(2)
    return found
