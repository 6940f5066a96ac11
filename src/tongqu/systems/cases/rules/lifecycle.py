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
    DISPUTED = "disputed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    SUSPENDED = "suspended"
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
    REPORTER = "reporter"
    """Whoever holds the tracking code of the report."""
    COORDINATOR = "coordinator"
    """On the duty desk of the unit that owes the decision of a dispute, or of one over its territory."""
    SYSTEM = "system"
    """The system itself: a newer photo of the place verifies the case, or a hot issue takes it in."""


class When(StrEnum):
    """A condition on which a row of the table holds; it is told from the case by `conditions`."""

    RETURNED_BEFORE = "returned before"
    """A unit sent the case back already: the next return is a dispute about who must handle it."""
    NOT_REGISTERED = "not registered"
    """The case has not been registered yet."""
    SUSPENSION_ASKED = "suspension asked for"
    """The unit asked for a suspension that the desk has not decided on."""
    NO_SUSPENSION_ASKED = "no suspension asked for"
    """No suspension waits for the desk's decision."""
    NOT_SPLIT = "no parts"
    """No units are at work on parts of it, with the last of which the whole would be done."""
    REPORTER_VERIFIES = "the reporter verifies"
    """The matter is verified by the reporter's word."""
    NOT_RATED = "not rated"
    """Nobody has rated this closing of the case yet."""
    REPORTER_MAY_REOPEN = "within the reporter's time"
    """The reporter has not opened the case again, and the days for it are not over."""


def conditions(
    *,
    returns: int = 0,
    is_registered: bool = False,
    is_suspension_asked: bool = False,
    is_split: bool = False,
    reporter_verifies: bool = False,
    is_rated: bool = False,
    reporter_may_reopen: bool = False,
) -> frozenset[When]:
    """Return what is fulfilled for a case that was sent back so many times, and so on.

    >>> sorted(conditions(returns=1, is_registered=True, is_rated=True))
    [<When.NOT_SPLIT: 'no parts'>, <When.NO_SUSPENSION_ASKED: 'no suspension asked for'>, <When.RETURNED_BEFORE: 'returned before'>]
    """
    fulfilled = {
        When.RETURNED_BEFORE: returns > 0,
        When.NOT_REGISTERED: not is_registered,
        When.SUSPENSION_ASKED: is_suspension_asked,
        When.NO_SUSPENSION_ASKED: not is_suspension_asked,
        When.NOT_SPLIT: not is_split,
        When.REPORTER_VERIFIES: reporter_verifies,
        When.NOT_RATED: not is_rated,
        When.REPORTER_MAY_REOPEN: reporter_may_reopen,
    }
    return frozenset(condition for condition, holds in fulfilled.items() if holds)


def _move(name: str, sources: Iterable[State], target: State, *by: Party, when: str = "") -> Move:
    return Move(name, frozenset(sources), target, frozenset(by), when)


_AT_WORK = frozenset({State.HANDLING})
_HEARS = (Party.REPORTER, Party.DESK, Party.INSPECTOR)
"""Who may say what the reporter says: the reporter, and those who ask on the telephone."""
_WITH_OWNER = _AT_WORK | {State.DISPATCHED}

MOVES = Workflow(
    State.REPORTED,
    [
        _move("accept", {State.REPORTED}, State.ACCEPTED, Party.DESK),
        _move("reject", {State.REPORTED, State.ACCEPTED}, State.REJECTED, Party.DESK),
        _move("register", {State.ACCEPTED}, State.ACCEPTED, Party.DESK, when=When.NOT_REGISTERED),
        _move("dispatch", {State.ACCEPTED}, State.DISPATCHED, Party.DESK),
        _move("split", {State.ACCEPTED}, State.DISPATCHED, Party.DESK),
        _move("split", {State.DISPATCHED}, State.DISPATCHED, Party.DESK),
        _move("split", {State.HANDLING}, State.HANDLING, Party.DESK),
        _move("take", {State.DISPATCHED}, State.HANDLING, Party.OWNER),
        _move("send_back", _WITH_OWNER, State.ACCEPTED, Party.OWNER),
        _move("send_back", _WITH_OWNER, State.DISPUTED, Party.OWNER, when=When.RETURNED_BEFORE),
        _move("decide", {State.DISPUTED}, State.DISPATCHED, Party.COORDINATOR),
        _move("ask_suspension", _AT_WORK, State.HANDLING, Party.OWNER, when=When.NO_SUSPENSION_ASKED),
        _move("suspend", _AT_WORK, State.SUSPENDED, Party.DESK),
        _move("refuse_suspension", _AT_WORK, State.HANDLING, Party.DESK, when=When.SUSPENSION_ASKED),
        _move("resume", {State.SUSPENDED}, State.HANDLING, Party.DESK, Party.OWNER, Party.SYSTEM),
        _move("handle", {State.HANDLING}, State.HANDLED, Party.OWNER, when=When.NOT_SPLIT),
        _move("verify", {State.HANDLED}, State.VERIFIED, Party.INSPECTOR, Party.SYSTEM),
        _move("verify", {State.HANDLED}, State.VERIFIED, *_HEARS, Party.SYSTEM, when=When.REPORTER_VERIFIES),
        _move("refuse", {State.HANDLED}, State.HANDLING, Party.INSPECTOR),
        _move("refuse", {State.HANDLED}, State.HANDLING, *_HEARS, when=When.REPORTER_VERIFIES),
        _move("close", {State.VERIFIED}, State.CLOSED, Party.DESK),
        _move("rate", {State.CLOSED}, State.CLOSED, Party.REPORTER, Party.DESK, when=When.NOT_RATED),
        _move("reopen", {State.CLOSED}, State.ACCEPTED, Party.DESK),
        _move(
            "reopen",
            {State.CLOSED},
            State.ACCEPTED,
            Party.DESK,
            Party.REPORTER,
            when=When.REPORTER_MAY_REOPEN,
        ),
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
    State.DISPUTED: "decide",
    State.DISPATCHED: "handle",
    State.HANDLING: "handle",
    State.SUSPENDED: "handle",
    State.HANDLED: "verify",
    State.VERIFIED: "close",
}
"""The kind of the main duty that is open in each open state; while a case is suspended its clock stands still."""

DEFAULT_ALLOWANCES = {
    "accept": "2wh",
    "dispatch": "2wh",
    "decide": "1wd",
    "handle": "3wd",
    "verify": "1wd",
    "close": "4wh",
}
"""Time for each step of a case whose matter is not named yet; of `decide`, which no matter sets, for all."""

HANDLERS = frozenset({Role.HANDLER, Role.UNIT_HEAD})


@dataclass(frozen=True)
class Post:
    """A role somebody holds: in which unit, over which territory."""

    role: Role
    kind: UnitKind
    unit_path: str
    division_path: str


def parties(
    posts: Iterable[Post], *, division_path: str, owner_path: str, decided_at_path: str = ""
) -> frozenset[Party]:
    """Return the capacities in which the holder of these posts meets a case in that place with that owner.

    `decided_at_path` is the division of the unit that owes the decision of a dispute; nothing when there is none.

    >>> desk = Post(Role.DUTY_DESK, UnitKind.TERRITORY, "desk/", "3308")
    >>> parties([desk], division_path="330803102", owner_path="")
    frozenset({<Party.DESK: 'desk'>})
    >>> handler = Post(Role.HANDLER, UnitKind.LINE, "zhzf/", "3308")
    >>> parties([handler], division_path="330803102", owner_path="sthj/")
    frozenset()
    """
    held = list(posts)
    found = {_party(post, division_path, owner_path) for post in held}
    if decided_at_path and any(_decides(post, decided_at_path) for post in held):
        found.add(Party.COORDINATOR)
    return frozenset(party for party in found if party is not None)


def _decides(post: Post, decided_at_path: str) -> bool:
    return post.role == Role.DUTY_DESK and decided_at_path.startswith(post.division_path)


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
