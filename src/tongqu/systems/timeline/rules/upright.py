"""How a stored picture is turned to stand upright (EXIF 2.32, tag Orientation), for points and directions in it."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Turn:
    """A turn or mirroring about the middle of the picture: `x' = a·x + b·y`, `y' = c·x + d·y`, y downwards."""

    a: int
    b: int
    c: int
    d: int

    @property
    def is_on_its_side(self) -> bool:
        """Whether width and height change places."""
        return self.a == 0


TURNS = {
    1: Turn(1, 0, 0, 1),
    2: Turn(-1, 0, 0, 1),
    3: Turn(-1, 0, 0, -1),
    4: Turn(1, 0, 0, -1),
    5: Turn(0, 1, 1, 0),
    6: Turn(0, -1, 1, 0),
    7: Turn(0, -1, -1, 0),
    8: Turn(0, 1, -1, 0),
}


def upright_point(point: Point, orientation: int) -> Point:
    """Return where a point of the stored picture, counted from its middle, lies in the upright one.

    >>> upright_point((10.0, 0.0), 6), upright_point((10.0, 5.0), 3)
    ((0.0, 10.0), (-10.0, -5.0))
    """
    turn = TURNS[orientation]
    x, y = point
    return turn.a * x + turn.b * y + 0.0, turn.c * x + turn.d * y + 0.0
