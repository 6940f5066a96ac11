"""The life cycle once more, written from what people are told of it and not from the table: the tests compare both.

Who is who: the desk of the prefecture decides disputes; that of the county dispatches beside it; a unit's people are
those of `OWNERS`; the inspector is the prefecture's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

DESKS = ("desk_officer", "near_desk")
OWNERS = {
    "county_department": ("department_officer", "department_head"),
    "township_government": ("township_clerk",),
}
MOST_DAYS = 60
REOPEN = timedelta(days=15)
OWES = {
    "reported": "county_government", "accepted": "county_government", "disputed": "city_desk",
    "handled": "city_desk", "verified": "county_government",
}  # fmt: skip
"""Which unit owes something in each state in which it is not the unit that handles the case."""

ENDED, JOINABLE = ("closed", "rejected"), ("reported", "accepted", "dispatched", "handling")


def local_day(at: datetime) -> date:
    """The day in Shanghai."""
    return (at + timedelta(hours=8)).date()


@dataclass
class Model:
    """One case as the model knows it."""

    state: str = "reported"
    returns: int = 0
    unit: str = ""
    verify_by: str = ""
    handled_by: str = ""
    is_registered: bool = False
    is_asked: bool = False
    is_rated: bool = False
    was_reopened: bool = False
    closed_at: datetime | None = None
    rests_since: date | None = None
    rests_until: date | None = None
    days_rested: int = 0
    has_parent: bool = False
    is_split: bool = False
    was: tuple[str, str] = ("", "")
    """State and unit when it was joined to the other case."""
    other: Model = field(default=None, repr=False, compare=False)  # type: ignore[assignment]  # set once both are there

    def leads_to(self, move: str, who: str, at: datetime) -> str | None:
        """Return the state that the move by that person leads to, or None when it is forbidden."""
        desk, owner = who in DESKS, who in OWNERS.get(self.unit, ())
        reported, accepted = self.state == "reported", self.state == "accepted"
        working, closed = self.state == "handling", self.state == "closed"
        checks = self.state == "handled" and who != self.handled_by and self._may_check(who, desk=desk)
        told: dict[str, tuple[bool, str]] = {
            "accept": (reported and desk, "accepted"),
            "reject": ((reported or accepted) and desk, "rejected"),
            "register": (accepted and desk and not self.is_registered, "accepted"),
            "dispatch": (accepted and desk, "dispatched"),
            "decide": (self.state == "disputed" and who == "desk_officer", "dispatched"),
            "take": (self.state == "dispatched" and owner, "handling"),
            "send_back": (
                self.state in ("dispatched", "handling") and owner,
                "disputed" if self.returns else "accepted",
            ),
            "ask_suspension": (working and owner and not self.is_asked, "handling"),
            "refuse_suspension": (working and desk and self.is_asked, "handling"),
            "suspend": (working and desk, "suspended"),
            "resume": (self.state == "suspended" and (desk or owner), "handling"),
            "handle": (working and owner and not self.is_split, "handled"),
            "split": (
                self.state in ("accepted", "dispatched", "handling") and desk,
                "handling" if working else "dispatched",
            ),
            "verify": (checks, "verified"),
            "refuse": (checks, "handling"),
            "close": (self.state == "verified" and desk, "closed"),
            "rate": (closed and (desk or who == "reporter") and not self.is_rated, "closed"),
            "reopen": self._reopens(who, at, desk=desk),
            "join": (desk and self._may_join(), "joined"),
            "separate": (self.state == "joined" and desk, self.was[0]),
        }
        may, target = told[move]
        return target if may else None

    def _may_join(self) -> bool:
        # Joined to that case already, it is left as it is.
        return self.other.state not in (*ENDED, "joined") and self.state in (*JOINABLE, "joined")

    def _may_check(self, who: str, *, desk: bool) -> bool:
        return who == "inspector" or (self.verify_by == "reporter" and (desk or who == "reporter"))

    def _reopens(self, who: str, at: datetime, *, desk: bool) -> tuple[bool, str]:
        if self.state == "rejected":
            return desk, "reported"
        may = who == "reporter" and not self.was_reopened
        in_time = self.closed_at is not None and at <= self.closed_at + REOPEN
        return self.state == "closed" and (desk or (may and in_time)), "accepted"

    def may_rest(self, days: int) -> bool:
        """Whether the case may rest for so many days from today."""
        return 0 < days <= MOST_DAYS - self.days_rested

    def moved(self, move: str, who: str, at: datetime, *, unit: str, matter: str, days: int) -> None:
        """Make the move, which must be allowed."""
        to = self.leads_to(move, who, at)
        assert to is not None
        getattr(self, f"_after_{move}", self._nothing)(who=who, at=at, unit=unit, matter=matter, days=days)
        self.state = to
        self.take_along()

    def take_along(self) -> None:
        """Let the case that is joined to this one follow: to its unit, to its end, and out of it again."""
        child = self.other
        if not child.has_parent:
            return
        child.unit = self.unit
        if self.state in ENDED and child.state == "joined":
            child.state, child.closed_at, child.is_rated = self.state, self.closed_at, False
        elif self.state not in ENDED and child.state != "joined":
            child.state, child.closed_at = "joined", None

    def _nothing(self, **_more: object) -> None:
        """Most moves change the state alone."""

    def _after_accept(self, *, matter: str, **_more: object) -> None:
        self.verify_by = matter

    def _after_register(self, **_more: object) -> None:
        self.is_registered = True

    def _after_dispatch(self, *, unit: str, **_more: object) -> None:
        self.unit, self.is_registered = unit, True

    _after_decide = _after_dispatch

    def _after_send_back(self, **_more: object) -> None:
        self.returns, self.unit, self.is_asked = self.returns + 1, "", False

    def _after_ask_suspension(self, **_more: object) -> None:
        self.is_asked = True

    def _after_refuse_suspension(self, **_more: object) -> None:
        self.is_asked = False

    def _after_suspend(self, *, at: datetime, days: int, **_more: object) -> None:
        self.rests_since, self.is_asked = local_day(at), False
        self.rests_until = self.rests_since + timedelta(days=days)

    def _after_resume(self, *, at: datetime, **_more: object) -> None:
        self.taken_up(at)

    def _after_handle(self, *, who: str, **_more: object) -> None:
        self.handled_by, self.is_asked = who, False

    def _after_refuse(self, **_more: object) -> None:
        self.handled_by = ""

    def _after_close(self, *, at: datetime, **_more: object) -> None:
        self.closed_at, self.is_rated = at, False

    def _after_rate(self, **_more: object) -> None:
        self.is_rated = True

    def _after_reopen(self, *, who: str, **_more: object) -> None:
        self.was_reopened |= who == "reporter"
        self.unit, self.handled_by, self.closed_at, self.has_parent = "", "", None, False

    def _after_join(self, **_more: object) -> None:
        if self.state != "joined":
            self.was, self.is_asked, self.has_parent = (self.state, self.unit), False, True
        self.unit = self.other.unit

    def _after_separate(self, **_more: object) -> None:
        self.unit, self.has_parent = self.was[1], False

    def taken_up(self, at: datetime) -> None:
        """End the rest of the case."""
        assert self.rests_since is not None
        self.days_rested += (local_day(at) - self.rests_since).days
        self.rests_since = self.rests_until = None
        self.state = "handling"
