"""The life cycle of a case, and who may make each move."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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
    JOINED = "joined"
    """It owes nothing itself: it is handled, and ends, with its parent case."""


ENDED = frozenset({State.CLOSED, State.REJECTED})

FOLLOWING = frozenset({State.JOINED})
"""States in which a case is not ended and yet owes nothing itself."""

OPEN = frozenset(State) - ENDED - FOLLOWING

JOINABLE = frozenset({State.REPORTED, State.ACCEPTED, State.DISPATCHED, State.HANDLING})
"""States in which a case may be joined to another: before its own work is reported as done."""


class Party(StrEnum):
    """In what capacity somebody acts on a case."""

    DESK = "desk"
    """On the duty desk of a unit whose territory holds the case."""
    OWNER = "owner"
    """Handler or head of the unit that the case was dispatched to."""
    INSPECTOR = "inspector"
    """Inspector of a unit whose territory holds the case."""
    SYSTEM = "system"
    """The system itself: a newer photo of the place verifies the case, or a hot issue takes it in."""


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
        _move("join", JOINABLE, State.JOINED, Party.DESK, Party.SYSTEM),
        # Back to where it was joined; accepted is what the table can say of it.
        _move("separate", {State.JOINED}, State.ACCEPTED, Party.DESK),
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
