"""Signing in and out, each with its fact; the list of open sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from tongqu.shared.access.models import OpenSession
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, NamedActor, Subject
from tongqu.shared.region.models import Person

OPEN_SESSION = "open_session"
"""Where a session keeps the number of its row in the list of open sessions."""

VISITOR = NamedActor("visitor", "访客")


def subject_of(person: Person) -> Subject:
    """Return the person as the subject of a fact."""
    return Subject("person", str(person.pk))


class Place(TypedDict):
    """Where a fact belongs."""

    unit_path: str
    division_path: str


def place_of(person: Person) -> Place:
    """Return where a fact about the person belongs: the first unit they are posted to."""
    if not person.postings_now:
        return Place(unit_path="", division_path="")
    unit = person.postings_now[0].unit
    return Place(unit_path=unit.path, division_path=unit.division.path)


@acting
def note_sign_in(person: Person, *, session_key: str, device: str, address: str, at: datetime) -> OpenSession:
    """List the session that was just opened and record who signed in, from where."""
    opened = OpenSession.objects.create(
        person=person,
        session_key=session_key,
        device=device[:200],
        address=address,
        opened_at=at,
        seen_at=at,
    )
    after = {"address": address, "device": device[:200]}
    record(
        "person.signed_in",
        subject_of(person),
        by=person,
        at=at,
        label=str(person),
        after=after,
        **place_of(person),
    )
    return opened


@acting
def note_failed_sign_in(person: Person, *, address: str, locked_out: bool, at: datetime) -> None:
    """Record that someone failed to sign in as this person; what was typed is not kept."""
    verb = "person.locked_out" if locked_out else "person.sign_in_failed"
    record(
        verb,
        subject_of(person),
        by=VISITOR,
        at=at,
        label=str(person),
        after={"address": address},
        **place_of(person),
    )


@acting
def note_sign_out(person: Person, *, session_key: str, at: datetime) -> None:
    """Take the session from the list and record that the person signed out."""
    OpenSession.objects.filter(session_key=session_key).delete()
    record("person.signed_out", subject_of(person), by=person, at=at, label=str(person), **place_of(person))


def note_seen(number: int, *, address: str, at: datetime) -> None:
    """Write when and from where the session was last seen. This is no act: it changes nothing that matters."""
    OpenSession.objects.filter(pk=number).update(seen_at=at, address=address)


def rename_session(number: int, session_key: str) -> None:
    """Follow a session whose key was changed."""
    OpenSession.objects.filter(pk=number).update(session_key=session_key)


@acting
def end_session(opened: OpenSession, *, by: Actor, at: datetime) -> None:
    """End a session at once: its next request is a stranger's."""
    _end([opened])
    record(
        "person.session_ended",
        subject_of(opened.person),
        by=by,
        at=at,
        label=str(opened.person),
        before={"address": opened.address, "device": opened.device},
        **place_of(opened.person),
    )


@acting
def end_sessions(person: Person, *, by: Actor, at: datetime, but: str = "") -> int:
    """End all sessions of the person, except the one with the key `but`; return how many."""
    ended = list(OpenSession.objects.filter(person=person).exclude(session_key=but))
    _end(ended)
    if ended:
        record(
            "person.sessions_ended",
            subject_of(person),
            by=by,
            at=at,
            label=str(person),
            after={"sessions": len(ended)},
            **place_of(person),
        )
    return len(ended)


def _end(ended: list[OpenSession]) -> None:
    Session.objects.filter(session_key__in=[opened.session_key for opened in ended]).delete()
    OpenSession.objects.filter(pk__in=[opened.pk for opened in ended]).delete()


def forget_expired(machine_at: datetime) -> int:
    """Take away what nobody can use any more: expired sessions, and failures to sign in older than a day.

    Sessions and failures are timed by the machine's clock, also where the region's clock is bent. Returns how many
    sessions left the list.
    """
    Session.objects.filter(expire_date__lte=machine_at).delete()
    AccessAttempt.objects.filter(attempt_time__lt=machine_at - timedelta(days=1)).delete()
    alive = Session.objects.values("session_key")
    count, _models = OpenSession.objects.exclude(session_key__in=alive).delete()
    return count
