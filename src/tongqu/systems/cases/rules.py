"""The life cycle of a case, and who may make each move."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tongqu.kernel.workflow import Move, Workflow
from tongqu.shared.region.rules import Role, UnitKind


class State(StrEnum):
    """Where a case stands."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    HANDLED = "handled"
    VERIFIED = "verified"
    CLOSED = "closed"
    REJECTED = "rejected"


ENDED = frozenset({State.CLOSED, State.REJECTED})
OPEN = frozenset(State) - ENDED


class Party(StrEnum):
    """In what capacity somebody acts on a case."""

    DESK = "desk"
    """On the duty desk of a unit whose territory holds the case."""
    OWNER = "owner"
    """Handler or head of the unit that the case was dispatched to."""
    INSPECTOR = "inspector"
    """Inspector of a unit whose territory holds the case."""
    SYSTEM = "system"
    """The system itself, when a newer photo of the place verifies the case."""


def _move(name: str, sources: Iterable[State], target: State, *by: Party) -> Move:
    return Move(name, frozenset(sources), target, frozenset(by))


MOVES = Workflow(
    State.REPORTED,
    [
        _move("accept", {State.REPORTED}, State.ACCEPTED, Party.DESK),
        _move("reject", {State.REPORTED, State.ACCEPTED}, State.REJECTED, Party.DESK),
        _move("dispatch", {State.ACCEPTED}, State.DISPATCHED, Party.DESK),
        _move("take", {State.DISPATCHED}, State.HANDLING, Party.OWNER),
        _move("send_back", {State.DISPATCHED, State.HANDLING}, State.ACCEPTED, Party.OWNER),
        _move("handle", {State.HANDLING}, State.HANDLED, Party.OWNER),
        _move("verify", {State.HANDLED}, State.VERIFIED, Party.INSPECTOR, Party.SYSTEM),
        _move("refuse", {State.HANDLED}, State.HANDLING, Party.INSPECTOR),
        _move("close", {State.VERIFIED}, State.CLOSED, Party.DESK),
        _move("reopen", {State.CLOSED}, State.ACCEPTED, Party.DESK),
        _move("reopen", {State.REJECTED}, State.REPORTED, Party.DESK),
    ],
)
"""The whole life cycle."""

DUTY_IN = {
    State.REPORTED: "accept",
    State.ACCEPTED: "dispatch",
    State.DISPATCHED: "handle",
    State.HANDLING: "handle",
    State.HANDLED: "verify",
    State.VERIFIED: "close",
}
"""The kind of the one duty that is open in each open state."""

DEFAULT_ALLOWANCES = {"accept": "2wh", "dispatch": "2wh", "handle": "3wd", "verify": "1wd", "close": "4wh"}
"""Time for each step of a case whose matter is not named yet."""

HANDLERS = frozenset({Role.HANDLER, Role.UNIT_HEAD})


@dataclass(frozen=True)
class Post:
    """A role somebody holds: in which unit, over which territory."""

    role: Role
    kind: UnitKind
    unit_path: str
    division_path: str


def parties(posts: Iterable[Post], *, division_path: str, owner_path: str) -> frozenset[Party]:
    """Return the capacities in which the holder of these posts meets a case in that place with that owner.

    >>> desk = Post(Role.DUTY_DESK, UnitKind.TERRITORY, "desk/", "3308")
    >>> parties([desk], division_path="330803102", owner_path="")
    frozenset({<Party.DESK: 'desk'>})
    >>> handler = Post(Role.HANDLER, UnitKind.LINE, "zhzf/", "3308")
    >>> parties([handler], division_path="330803102", owner_path="sthj/")
    frozenset()
    """
    found = {_party(post, division_path, owner_path) for post in posts}
    return frozenset(party for party in found if party is not None)


def _party(post: Post, division_path: str, owner_path: str) -> Party | None:
    covers = division_path.startswith(post.division_path)
    if post.role == Role.DUTY_DESK and covers:
        return Party.DESK
    # A department's own inspector would check its own work: only those of a territory count.
    if post.role == Role.INSPECTOR and covers and post.kind == UnitKind.TERRITORY:
        return Party.INSPECTOR
    if post.role in HANDLERS and owner_path and post.unit_path == owner_path:
        return Party.OWNER
    return None


class Source(StrEnum):
    """How a case came in."""

    WEB = "web"
    PHONE = "phone"
    API = "api"
    GRID = "grid"
    HOTLINE = "hotline"
    DRONE = "drone"
    DESK = "desk"


class VerifyBy(StrEnum):
    """What shows that a matter is done."""

    INSPECTOR = "inspector"
    PHOTO = "photo"
    REPORTER = "reporter"
    AIR = "air"


class PhotoRule(StrEnum):
    """What the system does when a newer photo of a handled case's place comes in."""

    NONE = "none"
    OFFER = "offer"
    AUTOMATIC = "automatic"


class Purpose(StrEnum):
    """What a piece of evidence shows in a case."""

    REPORT = "report"
    HANDLING = "handling"
    VERIFICATION = "verification"
    OFFERED = "offered"


class Track(StrEnum):
    """The four platforms of grass-roots governance (基层治理四平台)."""

    ORDER = "order"
    MARKET = "market"
    ENFORCEMENT = "enforcement"
    SERVICE = "service"


class Grade(StrEnum):
    """How grave a matter is."""

    ORDINARY = "ordinary"
    SERIOUS = "serious"
    URGENT = "urgent"


class Lack(StrEnum):
    """What is missing to call a case verified."""

    NOTE = "note-missing"
    WORD = "reporter-word-missing"
    PHOTO = "newer-photo-missing"
    AIR_PHOTO = "newer-air-photo-missing"


@dataclass(frozen=True)
class Shot:
    """A photo beside a case: when it was taken, how far from the case's place, whether from the air.

    `distance_m` is None when the photo or the case has no position.
    """

    taken_at: datetime | None
    distance_m: float | None
    from_air: bool = False

    def shows(self, *, handled_at: datetime | None, radius_m: float, place_known: bool) -> bool:
        """Answer whether the photo can show that the work is done: newer than it, and near enough.

        A case without a point cannot be measured against; there the time alone decides.
        """
        if self.taken_at is None or handled_at is None or self.taken_at <= handled_at:
            return False
        if not place_known:
            return True
        return self.distance_m is not None and self.distance_m <= radius_m


def lack_of_proof(
    method: VerifyBy,
    shots: Iterable[Shot],
    *,
    handled_at: datetime | None,
    radius_m: float,
    place_known: bool,
    has_note: bool,
) -> Lack | None:
    """Return what is missing for the method, or None when the evidence is enough."""
    photos = list(shots)
    good = [s for s in photos if s.shows(handled_at=handled_at, radius_m=radius_m, place_known=place_known)]
    if method == VerifyBy.INSPECTOR:
        return None if has_note or photos else Lack.NOTE
    if method == VerifyBy.REPORTER:
        return None if has_note else Lack.WORD
    if method == VerifyBy.PHOTO:
        return None if good else Lack.PHOTO
    return None if any(shot.from_air for shot in good) else Lack.AIR_PHOTO


NUMBER = re.compile(r"^(\d{6})-(\d{6,})$")
TRACKING_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
TRACKING_LENGTH = 10


def case_number(pk: int, reported_at: datetime, zone: str) -> str:
    """Return the number people use: local day of the report and the running id.

    >>> from datetime import UTC
    >>> case_number(123, datetime(2026, 9, 15, 18, 0, tzinfo=UTC), "Asia/Shanghai")
    '260916-000123'
    """
    return f"{reported_at.astimezone(ZoneInfo(zone)):%y%m%d}-{pk:06d}"


def id_in_number(number: str) -> int | None:
    """Return the running id in a case number, or None when the text is no number.

    >>> id_in_number("260916-000123"), id_in_number("x")
    (123, None)
    """
    match = NUMBER.match(number.strip())
    return int(match[2]) if match else None


def title_of(text: str, longest: int = 60) -> str:
    """Return a one-line title: the first sentence of the text, shortened.

    >>> title_of("路边有垃圾。已经三天了。")
    '路边有垃圾'
    """
    line = re.split(r"[。！？!?\n\r]", text.strip(), maxsplit=1)[0].strip() or text.strip()
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def masked_name(name: str) -> str:
    """Return a name of which only the first character shows.

    >>> masked_name("蒋村民"), masked_name("")
    ('蒋**', '')
    """
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def masked_phone(phone: str) -> str:
    """Return a telephone number without its middle.

    >>> masked_phone("13812341234"), masked_phone("12345")
    ('138****1234', '*****')
    """
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)
