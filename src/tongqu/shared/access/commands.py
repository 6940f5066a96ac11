"""The commands `tongqu access …`."""

from __future__ import annotations

from typing import Annotated

import typer

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.actions.people import issue_link
from tongqu.shared.access.actions.sessions import end_sessions, forget_expired
from tongqu.shared.access.actions.tokens import make_token, revoke_token
from tongqu.shared.access.models import Token
from tongqu.shared.access.queries import tokens_of
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.clock import machine_now, now
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.models import Person

app = typer.Typer(no_args_is_help=True, help="Who may come in: tokens, sessions, passwords.")
token = typer.Typer(no_args_is_help=True, help="Tokens for programs.")
app.add_typer(token, name="token")

LOGIN = Annotated[str, typer.Argument(help="Login of the person.")]
SCOPES = Annotated[
    list[TokenScope], typer.Option("--scope", help="What the token may do; give it several times.")
]
NAME = Annotated[str, typer.Option(help="What the token is for.")]
DAYS = Annotated[int, typer.Option(help="Days that the token holds.")]
PREFIX = Annotated[str, typer.Argument(help="First letters of the token, as listed.")]


def _person(login: str) -> Person:
    found = Person.objects.filter(username=login).first()
    if found is None:
        typer.secho(f"There is no person with the login {login!r}.", err=True, fg="red")
        raise typer.Exit(1)
    return found


@token.command("create")
def create(login: LOGIN, scopes: SCOPES, name: NAME, days: DAYS = 90) -> None:
    """Make a token and print it, this once."""
    try:
        made = make_token(_person(login), name=name, scopes=scopes, days=days, by=SYSTEM, at=now())
    except BadInput as bad:
        typer.secho(str(bad), err=True, fg="red")
        raise typer.Exit(1) from None
    typer.echo(made.text)
    typer.secho(f"Holds until {made.token.expires_at:%Y-%m-%d}; kept nowhere in this form.", err=True)


@token.command("list")
def list_tokens(login: LOGIN) -> None:
    """List a person's tokens."""
    at = now()
    for row in tokens_of(_person(login)):
        state = "holds" if row.is_valid(at) else "void"
        typer.echo(f"{row.prefix}  {state}  until {row.expires_at:%Y-%m-%d}  {row.scopes}  {row.name}")


@token.command("revoke")
def revoke(login: LOGIN, prefix: PREFIX) -> None:
    """Revoke a person's token; its next call is refused."""
    found = list(Token.objects.filter(person=_person(login), prefix=prefix, revoked_at=None))
    if len(found) != 1:
        typer.secho(f"{len(found)} tokens of {login} in force begin with {prefix!r}.", err=True, fg="red")
        raise typer.Exit(1)
    revoke_token(found[0], by=SYSTEM, at=now())
    typer.echo(f"Revoked {found[0]}.")


@app.command("password-link")
def password_link(login: LOGIN) -> None:
    """Take a person's password away and print the path of a one-time link to choose a new one."""
    uid, mark = issue_link(_person(login), by=SYSTEM, at=now())
    typer.echo(f"/account/new-password/{uid}/{mark}/")


@app.command("end-sessions")
def end(login: LOGIN) -> None:
    """End all sessions of a person."""
    typer.echo(f"Ended {end_sessions(_person(login), by=SYSTEM, at=now())} sessions.")


@app.command("forget-sessions")
def forget() -> None:
    """Take expired sessions from the lists."""
    typer.echo(f"Forgot {forget_expired(machine_now())} sessions.")
