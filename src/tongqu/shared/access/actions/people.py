"""People who sign in: making them, closing their way in, giving them a new one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.actions.sessions import end_sessions, place_of, subject_of
from tongqu.shared.access.actions.tokens import revoke_token
from tongqu.shared.access.models import Token
from tongqu.shared.access.queries import may_administer
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role

check_username = RegexValidator(r"^[a-z0-9][a-z0-9._-]{1,59}\Z")


@acting
def create_person(
    *, username: str, name: str, phone: str = "", email: str = "", by: Actor, at: datetime
) -> Person:
    """Make a person who has no password yet; `issue_link` gives them the way to choose one.

    Login names are of small Latin letters, digits, full stop, hyphen and underscore. Raises `BadInput`.
    """
    _require_admin(by)
    _check_new(username, name)
    person = Person.objects.create_user(username, None, name=name, phone=phone, email=email, joined_at=at)
    _record("person.created", person, by=by, at=at, after={"username": username, "name": name})
    return person


def _check_new(username: str, name: str) -> None:
    problems = []
    try:
        check_username(username)
    except ValidationError:
        say = _("A login has 2 to 60 small letters, digits, '.', '-' or '_'. Choose another.")
        problems.append(Problem(say, code="username", field="username"))
    if not name.strip() or len(name) > 60:
        problems.append(Problem(_("Give a name of 1 to 60 letters."), code="name", field="name"))
    if Person.objects.filter(username__iexact=username).exists():
        say = _("The login %(login)s is taken. Choose another.") % {"login": username}
        problems.append(Problem(say, code="username-taken", field="username"))
    if problems:
        raise BadInput(problems)


@acting
def deactivate(person: Person, *, by: Actor, at: datetime, note: str = "") -> Person:
    """Close the person's way in at once: sessions end and tokens are revoked. What they did stays."""
    person = _locked(person, by)
    if person.is_active:
        person.is_active = False
        person.save(update_fields=["is_active"])
        end_sessions(person, by=by, at=at)
        _revoke_tokens(person, by=by, at=at)
        _record("person.deactivated", person, by=by, at=at, note=note)
    return person


@acting
def reactivate(person: Person, *, by: Actor, at: datetime) -> Person:
    """Open the person's way in again; tokens stay revoked."""
    person = _locked(person, by)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        _record("person.reactivated", person, by=by, at=at)
    return person


@acting
def issue_link(person: Person, *, by: Actor, at: datetime) -> tuple[str, str]:
    """Take the person's password away and return the two parts of a link that lets them choose a new one, once.

    The link is an HMAC over the old password hash and the last sign-in: using it makes it void.
    """
    person = _locked(person, by)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    end_sessions(person, by=by, at=at)
    _revoke_tokens(person, by=by, at=at)
    _record("person.password_link_issued", person, by=by, at=at)
    return urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person)


@acting
def change_password(person: Person, password: str, *, by: Actor, at: datetime, keep: str = "") -> Person:
    """Set the person's own new password and end their other sessions. Raises `BadInput` for a weak one."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise BadInput(Problem(say, code="password", field="password") for say in weak.messages) from None
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person, by=by, at=at, but=keep)
    _record("person.password_changed", person, by=by, at=at)
    return person


@acting
def choose_language(person: Person, language: str, *, by: Actor, at: datetime) -> Person:
    """Keep the language in which the person wants the pages."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.language != language:
        before, person.language = person.language, language
        person.save(update_fields=["language"])
        change = {"before": {"language": before}, "after": {"language": language}}
        _record("person.language_chosen", person, by=by, at=at, **change)
    return person


def _locked(person: Person, by: Actor) -> Person:
    """Return the person's row, locked; raises `NotAllowed` unless the actor may administer them."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if isinstance(by, Person) and not may_administer(by, person):
        raise NotAllowed(_("You may administer only people whose units all lie in your territory."))
    return person


def _require_admin(by: Actor) -> None:
    if isinstance(by, Person) and not by.is_superuser and Role.REGION_ADMIN not in by.roles:
        raise NotAllowed(_("Only a region administrator may make people."))


def _revoke_tokens(person: Person, *, by: Actor, at: datetime) -> None:
    for token in Token.objects.filter(person=person, revoked_at=None):
        revoke_token(token, by=by, at=at)


def _record(verb: str, person: Person, *, by: Actor, at: datetime, **more: Any) -> None:
    record(verb, subject_of(person), by=by, at=at, label=str(person), **place_of(person), **more)
