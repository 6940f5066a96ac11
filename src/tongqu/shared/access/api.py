"""The access routes of the API: who calls, people, sessions and tokens."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from tongqu.shared.access.actions import people as acts
from tongqu.shared.access.actions.sessions import end_session
from tongqu.shared.access.actions.tokens import LONGEST_DAYS, make_token, revoke_token
from tongqu.shared.access.api_frame import Page, Paging, paged, scope
from tongqu.shared.access.guard import door, person_of, token_used
from tongqu.shared.access.models import OpenSession, Token
from tongqu.shared.access.queries import people_of, scope_of, sessions_of, tokens_of
from tongqu.shared.access.rules import SIGNED_IN, NotAllowed, TokenScope, held_by
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role

router = Router(tags=["access"])
ADMIN = held_by(Role.REGION_ADMIN)


class PostingOut(Schema):
    """A role held in a unit."""

    unit: str = Field(..., description="Code of the unit.", examples=["zhzf-qujiang"])
    role: Role


class MeOut(Schema):
    """Who calls, and how far they see."""

    id: int
    username: str = Field(..., examples=["officer"])
    name: str
    postings: list[PostingOut]
    everything: bool = Field(..., description="Whether the whole region is in sight.")
    divisions: list[str] = Field(
        ..., description="Code prefixes of the divisions in sight.", examples=[["330803"]]
    )
    units: list[str] = Field(..., description="Paths of the units in sight.", examples=[["desk/zhzf/"]])
    token_scopes: list[str] | None = Field(None, description="Scopes of the token used; null for a session.")


class PersonOut(Schema):
    """Someone who signs in."""

    id: int
    username: str = Field(..., examples=["officer"])
    name: str
    is_active: bool
    is_invented: bool = Field(..., description="Whether the person was made up for a demo.")
    postings: list[PostingOut]


class PersonIn(Schema):
    """A person to make."""

    username: str = Field(
        ..., description="2 to 60 small letters, digits, '.', '-', '_'.", examples=["zhang.san"]
    )
    name: str = Field(..., min_length=1, max_length=60, examples=["张三"])
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=254)


class LinkOut(Schema):
    """A one-time link to choose a password."""

    id: int
    link: str = Field(..., description="Holds once, and for 24 hours; it is shown only here.")


class SessionOut(Schema):
    """A signed-in session."""

    id: int
    device: str
    address: str
    opened_at: datetime
    seen_at: datetime


class TokenOut(Schema):
    """A token, as far as it is known."""

    id: int
    name: str
    prefix: str = Field(..., description="Its first letters.", examples=["tq_a1B2c"])
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenIn(Schema):
    """A token to make."""

    name: str = Field(..., min_length=1, max_length=60, examples=["hotline bridge"])
    scopes: list[TokenScope] = Field(..., min_length=1, examples=[["cases:read"]])
    days: int = Field(90, ge=1, le=LONGEST_DAYS)


class NewTokenOut(TokenOut):
    """A token just made, with its text."""

    text: str = Field(..., description="The token itself; it is shown only here.")


def _postings(person: Person) -> list[PostingOut]:
    held = [posting for posting in person.postings.all() if posting.until_on is None]
    return [PostingOut(unit=posting.unit.code, role=Role(posting.role)) for posting in held]


def _person_out(person: Person) -> PersonOut:
    return PersonOut(
        id=person.pk,
        username=person.username,
        name=person.name,
        is_active=person.is_active,
        is_invented=person.is_invented,
        postings=_postings(person),
    )


def _session_out(opened: OpenSession) -> SessionOut:
    return SessionOut(
        id=opened.pk,
        device=opened.device,
        address=opened.address,
        opened_at=opened.opened_at,
        seen_at=opened.seen_at,
    )


def _token_out(token: Token) -> TokenOut:
    return TokenOut(
        id=token.pk,
        name=token.name,
        prefix=token.prefix,
        scopes=token.scopes.split(),
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
    )


@router.get("/me", response=MeOut, summary="Who calls")
@door(SIGNED_IN)
@scope(TokenScope.ACCESS_READ)
def me(request: HttpRequest) -> MeOut:
    """Return the person, their postings, and how far they see."""
    person = person_of(request)
    sight = scope_of(person)
    token = token_used(request)
    return MeOut(
        id=person.pk,
        username=person.username,
        name=person.name,
        postings=[PostingOut(unit=p.unit.code, role=Role(p.role)) for p in person.postings_now],
        everything=sight.everything,
        divisions=list(sight.division_paths),
        units=list(sight.unit_paths),
        token_scopes=sorted(token.scope_set) if token else None,
    )


@router.get("/people", response=Page[PersonOut], summary="People in the territory")
@door(ADMIN)
@scope(TokenScope.ACCESS_READ)
def list_people(request: HttpRequest, paging: Query[Paging]) -> Page[PersonOut]:
    """Return the people whom the administrator looks after."""
    return paged(people_of(person_of(request)), paging, by=("username",), show=_person_out)


@router.post("/people", response={201: LinkOut}, summary="Make a person")
@door(ADMIN)
@scope(TokenScope.ACCESS_WRITE)
def create_person(request: HttpRequest, body: PersonIn) -> LinkOut:
    """Make a person and return the link by which they choose a password. Postings are given separately."""
    made = acts.create_person(**body.dict(), by=person_of(request), at=now())
    return _link(request, made)


def _link(request: HttpRequest, person: Person) -> LinkOut:
    uid, mark = acts.issue_link(person, by=person_of(request), at=now())
    address = request.build_absolute_uri(reverse("access:new-password", args=[uid, mark]))
    return LinkOut(id=person.pk, link=address)


def _found(request: HttpRequest, number: int) -> Person:
    return get_object_or_404(people_of(person_of(request)), pk=number)


@router.post("/people/{int:number}/password-link", response=LinkOut, summary="Make a password link")
@door(ADMIN)
@scope(TokenScope.ACCESS_WRITE)
def password_link(request: HttpRequest, number: int) -> LinkOut:
    """Take the person's password away and return a one-time link to choose a new one."""
    return _link(request, _found(request, number))


@router.post("/people/{int:number}/deactivate", response=PersonOut, summary="Close a person's way in")
@door(ADMIN)
@scope(TokenScope.ACCESS_WRITE)
def deactivate(request: HttpRequest, number: int) -> PersonOut:
    """End the person's sessions and tokens, and let them sign in no more."""
    if number == person_of(request).pk:
        raise NotAllowed(_("You cannot deactivate yourself. Ask another administrator."))
    acts.deactivate(_found(request, number), by=person_of(request), at=now())
    return _person_out(_found(request, number))


@router.post("/people/{int:number}/reactivate", response=PersonOut, summary="Open a person's way in again")
@door(ADMIN)
@scope(TokenScope.ACCESS_WRITE)
def reactivate(request: HttpRequest, number: int) -> PersonOut:
    """Let the person sign in again."""
    acts.reactivate(_found(request, number), by=person_of(request), at=now())
    return _person_out(_found(request, number))


@router.get("/sessions", response=Page[SessionOut], summary="My sessions")
@door(SIGNED_IN)
@scope(TokenScope.ACCESS_READ)
def list_sessions(request: HttpRequest, paging: Query[Paging]) -> Page[SessionOut]:
    """Return the caller's open sessions."""
    return paged(sessions_of(person_of(request)), paging, by=("-seen_at", "-id"), show=_session_out)


@router.delete("/sessions/{int:number}", response={204: None}, summary="End a session of mine")
@door(SIGNED_IN)
@scope(TokenScope.ACCESS_WRITE)
def delete_session(request: HttpRequest, number: int) -> None:
    """End the session at once."""
    person = person_of(request)
    end_session(get_object_or_404(sessions_of(person), pk=number), by=person, at=now())


@router.get("/tokens", response=Page[TokenOut], summary="My tokens")
@door(SIGNED_IN)
@scope(TokenScope.ACCESS_READ)
def list_tokens(request: HttpRequest, paging: Query[Paging]) -> Page[TokenOut]:
    """Return the caller's tokens, revoked ones too."""
    return paged(tokens_of(person_of(request)), paging, by=("-created_at", "-id"), show=_token_out)


@router.post("/tokens", response={201: NewTokenOut}, summary="Make a token")
@door(SIGNED_IN)
@scope(TokenScope.ACCESS_WRITE)
def create_token(request: HttpRequest, body: TokenIn) -> NewTokenOut:
    """Make a token. A token cannot make another: that would outlive its own expiry."""
    if token_used(request) is not None:
        raise NotAllowed(_("A token cannot make tokens. Make it on the account page."))
    person = person_of(request)
    made = make_token(person, name=body.name, scopes=body.scopes, days=body.days, by=person, at=now())
    return NewTokenOut(**_token_out(made.token).dict(), text=made.text)


@router.delete("/tokens/{int:number}", response={204: None}, summary="Revoke a token of mine")
@door(SIGNED_IN)
@scope(TokenScope.ACCESS_WRITE)
def delete_token(request: HttpRequest, number: int) -> None:
    """Revoke the token at once."""
    person = person_of(request)
    revoke_token(get_object_or_404(tokens_of(person), pk=number), by=person, at=now())
