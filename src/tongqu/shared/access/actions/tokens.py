"""Tokens for programs: made once, shown once, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.actions.sessions import place_of
from tongqu.shared.access.models import Token
from tongqu.shared.access.rules import TOKENS_BEGIN_WITH, TokenScope
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, Subject
from tongqu.shared.region.models import Person

LONGEST_DAYS = 366


@dataclass(frozen=True)
class NewToken:
    """A token just made; its text is known only here and now."""

    token: Token
    text: str


@acting
def make_token(
    person: Person, *, name: str, scopes: Collection[str], days: int, by: Actor, at: datetime
) -> NewToken:
    """Make a token for the person and return it with its text, which is nowhere kept.

    The text holds 256 random bits, so a plain SHA-256 of it can be neither guessed nor reversed.
    """
    _check(name, scopes, days)
    text = TOKENS_BEGIN_WITH + secrets.token_urlsafe(32)
    token = Token.objects.create(
        person=person,
        name=name.strip(),
        prefix=text[: len(TOKENS_BEGIN_WITH) + 5],
        digest=hashlib.sha256(text.encode()).hexdigest(),
        scopes=" ".join(sorted(set(scopes))),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    after = {"scopes": sorted(set(scopes)), "expires_at": token.expires_at.isoformat()}
    record("token.made", _subject(token), by=by, at=at, label=str(token), after=after, **place_of(person))
    return NewToken(token, text)


def _check(name: str, scopes: Collection[str], days: int) -> None:
    problems = []
    if not name.strip() or len(name) > 60:
        say = _("Give the token a name of 1 to 60 letters, by which you know what it is for.")
        problems.append(Problem(say, code="name", field="name"))
    if not scopes:
        problems.append(Problem(_("Choose at least one scope."), code="scopes", field="scopes"))
    if unknown := sorted(set(scopes) - set(TokenScope)):
        say = _("There is no scope %(scopes)s. Choose among those listed.") % {"scopes": ", ".join(unknown)}
        problems.append(Problem(say, code="scopes", field="scopes"))
    if not 1 <= days <= LONGEST_DAYS:
        say = _("A token lasts 1 to %(most)s days. Choose a number between.") % {"most": LONGEST_DAYS}
        problems.append(Problem(say, code="days", field="days"))
    if problems:
        raise BadInput(problems)


@acting
def revoke_token(token: Token, *, by: Actor, at: datetime) -> Token:
    """Revoke the token: the next call with it is refused. Revoking again changes nothing."""
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        record("token.revoked", _subject(token), by=by, at=at, label=str(token), **place_of(token.person))
    return token


def note_used(token: Token, *, address: str, at: datetime) -> None:
    """Write when and from where the token was last used. This is no act: it changes nothing that matters."""
    Token.objects.filter(pk=token.pk).update(last_used_at=at, last_used_from=address)


def _subject(token: Token) -> Subject:
    return Subject("token", str(token.pk))
