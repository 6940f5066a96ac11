"""Better poses from registered photos: what several flights say together of where the ground of a stack lies.

Each photo says by its own tags where it lies, independently of the others and within the error that is stated. Registered to
the one that leads, each so says where the leader's ground lies: a vote. Votes of one flight are off alike (the same receiver,
the same satellites, the same compass), so they count as one. The votes of different flights are averaged by their errors
(inverse variances), and each photo gets the place, direction and height that agree with that.

Only the place, the direction and the height are corrected. The tilt is the gimbal's: over level ground a tilt of half a degree
cannot be told from a shift, and the gimbal knows it better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.registration.features import Points
from tongqu.systems.timeline.analytics.registration.matching import Homography, inverse_of, moved
from tongqu.systems.timeline.analytics.registration.poses import picture_of_ground
from tongqu.systems.timeline.analytics.tangent import Tangent, on_the_plane

ONE_FLIGHT_US = 3 * 3600 * 1_000_000
"""Photos that follow each other within so many microseconds are of one flight."""
FAR_OFF = 3.0
"""A vote farther from the mean than so many of its errors is left out."""
LEAST_COMMON = 12
_GRID = 12


@dataclass(frozen=True)
class Member:
    """A photo of a stack as its own tags lay it.

    `via` leads from the leading photo's pixels to its own (for the leader itself: the identity). `error_m` is one sigma of
    where its ground lies, `yaw_error_deg` of its direction. One that was edited may have been turned: it has no vote.
    """

    frame: Frame
    via: Homography
    taken_us: int
    error_m: float
    yaw_error_deg: float
    is_edited: bool = False


@dataclass(frozen=True)
class Similar:
    """A shift in metres east and north, a turn in degrees to the right, and a growth, all about one point of the ground."""

    about: Points
    east_m: float
    north_m: float
    turn_deg: float
    growth: float
    rest_m: float = 0.0

    def at(self, points: Points) -> Points:
        """Return where points of the ground (east, north) go."""
        turn = math.radians(self.turn_deg)
        turned = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        found: Points = (points - self.about) @ turned.T * self.growth + self.about
        return np.asarray(found + np.array([self.east_m, self.north_m]))


@dataclass(frozen=True)
class Consensus:
    """Where the leader's ground lies by all votes: how it moves, how sure that is (one sigma), and how many flights say so."""

    moves: Similar
    error_m: float
    turn_error_deg: float
    flights: int


@dataclass(frozen=True)
class Corrected:
    """A better pose, how far off it may be (one sigma, ground and direction), and how far it lies from the photo's own."""

    frame: Frame
    error_m: float
    yaw_error_deg: float
    moved_m: float


def consensus(members: Sequence[Member]) -> Consensus | None:
    """Return what the flights say of the first member's ground; None without votes, or where two of them contradict."""
    lead = members[0].frame
    votes = [(one, vote) for one in members if not one.is_edited and (vote := _vote(lead, one)) is not None]
    flights = _flights(votes)
    while flights:
        found = _mean(flights)
        worst = max(flights, key=lambda one: _off(one, found.moves))
        if _off(worst, found.moves) <= FAR_OFF:
            return found
        # Of two that contradict each other nobody can say which is right.
        flights = [one for one in flights if one is not worst] if len(flights) > 2 else []
    return None


def corrected(member: Member, lead: Frame, found: Consensus, residual_m: float) -> Corrected | None:
    """Return the pose of a member that agrees with the consensus; None where too little of it is on common ground."""
    pair = _laid_twice(member, lead)
    if pair is None:
        return None
    by_itself, by_lead = pair
    moves = _similar(by_itself, found.moves.at(by_lead))
    frame = member.frame
    east, north = _from(lead, frame)
    there = moves.at(np.array([[east, north]]))[0]
    place = Tangent(lead.lon, lead.lat).degrees(np.array([[*there, 0.0]]))[0]
    better = Frame(
        float(place[0]), float(place[1]), frame.height_m * moves.growth,
        (frame.yaw_deg + moves.turn_deg + 180.0) % 360.0 - 180.0, frame.pitch_deg, frame.roll_deg, frame.camera,
    )  # fmt: skip
    error_m = math.sqrt(found.error_m**2 + moves.rest_m**2 + residual_m**2)
    shift = np.linalg.norm(moves.at(by_itself) - by_itself, axis=1)
    return Corrected(better, error_m, found.turn_error_deg, float(np.median(shift)))


def _vote(lead: Frame, member: Member) -> Similar | None:
    """Return how the leader's ground must move to lie where the member's tags put it."""
    pair = _laid_twice(member, lead)
    return None if pair is None else _similar(pair[1], pair[0])


def _laid_twice(member: Member, lead: Frame) -> tuple[Points, Points] | None:
    """Return common points on the ground in metres about the leader's place: by the member's pose, and by the leader's."""
    camera = lead.camera
    x, y = np.meshgrid(
        (np.arange(_GRID) + 0.5) / _GRID * camera.width, (np.arange(_GRID) + 0.5) / _GRID * camera.height
    )
    in_lead = np.stack([x.ravel(), y.ravel()], axis=1)
    in_member = moved(in_lead, member.via)
    size = member.frame.camera.width, member.frame.camera.height
    common = ((in_member >= 0) & (in_member < size)).all(axis=1)
    if common.sum() < LEAST_COMMON:
        return None
    here = inverse_of(picture_of_ground(member.frame, *_from(lead, member.frame)))
    there = inverse_of(picture_of_ground(lead, 0.0, 0.0))
    return moved(in_member[common], here), moved(in_lead[common], there)


def _from(lead: Frame, frame: Frame) -> tuple[float, float]:
    """Return how far east and north of the leader's place a camera stood, in metres."""
    east, north = on_the_plane(np.array([lead.lon]), np.array([lead.lat]), frame.lon, frame.lat)
    return float(east[0]), float(north[0])


def _similar(before: Points, after: Points) -> Similar:
    """Return the shift, turn and growth that bring the points nearest to the others (Umeyama, 1991), and what is left."""
    about, to = before.mean(axis=0), after.mean(axis=0)
    one, other = before - about, after - to
    along = float((one * other).sum())
    across = float((one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum())
    growth = math.hypot(along, across) / max(float((one**2).sum()), 1e-9)
    east, north = (to - about).tolist()
    moves = Similar(about, east, north, -math.degrees(math.atan2(across, along)), growth)
    rest = np.linalg.norm(moves.at(before) - after, axis=1)
    return replace(moves, rest_m=float(np.sqrt((rest**2).mean())))


@dataclass(frozen=True)
class _Flight:
    """What the photos of one flight say together."""

    shift: Points
    about: Points
    turn_deg: float
    growth: float
    error_m: float
    yaw_error_deg: float


def _flights(votes: Sequence[tuple[Member, Similar]]) -> list[_Flight]:
    """Return one vote for each flight: the mean of its photos by their errors, as sure as they are, no surer."""
    groups: list[list[tuple[Member, Similar]]] = []
    for vote in sorted(votes, key=lambda each: each[0].taken_us):
        if groups and vote[0].taken_us - groups[-1][-1][0].taken_us <= ONE_FLIGHT_US:
            groups[-1].append(vote)
        else:
            groups.append([vote])
    if not groups:
        return []
    # All about one point, so that turns and growths do not look like shifts.
    about = np.mean([vote.about for _member, vote in votes], axis=0)
    return [_flight(group, about) for group in groups]


def _flight(group: Sequence[tuple[Member, Similar]], about: Points) -> _Flight:
    weights = np.array([1 / (member.error_m**2 + vote.rest_m**2) for member, vote in group])
    weights = weights / weights.sum()
    shifts = np.array([vote.at(about[None])[0] - about for _member, vote in group])
    turns = np.array([vote.turn_deg for _member, vote in group])
    growths = np.array([vote.growth for _member, vote in group])
    errors = np.array([math.hypot(member.error_m, vote.rest_m) for member, vote in group])
    yaws = np.array([member.yaw_error_deg for member, _vote in group])
    return _Flight(
        weights @ shifts, about, float(weights @ turns), float(weights @ growths), float(weights @ errors),
        float(weights @ yaws),
    )  # fmt: skip


def _mean(flights: Sequence[_Flight]) -> Consensus:
    places = np.array([1 / one.error_m**2 for one in flights])
    turns = np.array([1 / one.yaw_error_deg**2 for one in flights])
    shift = (places[:, None] * [one.shift for one in flights]).sum(axis=0) / places.sum()
    turn = float((turns * [one.turn_deg for one in flights]).sum() / turns.sum())
    growth = float((places * [one.growth for one in flights]).sum() / places.sum())
    east, north = shift.tolist()
    moves = Similar(flights[0].about, east, north, turn, growth)
    return Consensus(moves, float(places.sum() ** -0.5), float(turns.sum() ** -0.5), len(flights))


def _off(flight: _Flight, mean: Similar) -> float:
    """Return how far a vote lies from the mean, in its own errors."""
    shift = np.linalg.norm(flight.shift - (mean.east_m, mean.north_m)) / flight.error_m
    return max(float(shift), abs(flight.turn_deg - mean.turn_deg) / flight.yaw_error_deg)
