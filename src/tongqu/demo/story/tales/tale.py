"""What a matter is like in the demo: how often it comes up, where, and the words people use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from numpy.random import Generator

from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.sights.kinds import GROUNDS, Sight
from tongqu.demo.story.tales.words import SLOTS, SPOTS

Sources = tuple[tuple[str, float], ...]
"""How reports of a matter come in: source and share."""

FROM_AIR: Sources = (("drone", 0.62), ("grid", 0.18), ("phone", 0.12), ("hotline", 0.08))
FROM_STREET: Sources = (("phone", 0.34), ("grid", 0.30), ("web", 0.14), ("hotline", 0.22))
BY_CALL: Sources = (("hotline", 0.60), ("web", 0.22), ("phone", 0.18))


@dataclass(frozen=True)
class Tale:
    """One kind of matter; `department_share` is how often its department gets it rather than the township."""

    matter: str
    weight: float
    reports: Sequence[str]
    handled: Sequence[str]
    verified: Sequence[str]
    refused: Sequence[str]
    sources: Sources = FROM_AIR
    sight: Sight = Sight.NOTHING
    grounds: Sequence[Ground] = ()
    department_share: float = 0.5
    handling_share: float = 0.6
    returned: Sequence[str] = field(
        default=(
            "该点位经现场核对不在本单位管辖范围，建议改派属地单位处置。",
            "经查该设施产权单位另有其主，申请退回重新派遣。",
        )
    )

    def told_by(self, source: str) -> Sequence[str]:
        """Return the reports as this source would word them: a patrol, a grid worker, or somebody who calls."""
        marks = {"drone": ("无人机", "比对"), "grid": ("巡查",)}
        wanted = marks.get(source, ())
        fitting = [text for text in self.reports if any(mark in text for mark in wanted)]
        if source == "drone":
            return fitting or [f"无人机{{flight}}发现：{text.removesuffix('{ask}')}" for text in self._plain]
        return fitting or self._plain

    @property
    def _plain(self) -> Sequence[str]:
        """The reports that anybody could have written."""
        special = ("无人机", "比对", "巡查")
        return [text for text in self.reports if not any(mark in text for mark in special)]

    @property
    def places(self) -> Sequence[Ground]:
        """The kinds of ground where it comes up."""
        return self.grounds or GROUNDS[self.sight]


_SLOT = re.compile(r"\{(\w+)\}")


def said(rng: Generator, templates: Sequence[str], ground: Ground, **known: str) -> str:
    """Return one of the sentences with its gaps filled; the same gap is filled the same way throughout."""
    filled = dict(known)

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name not in filled:
            choices = SPOTS[ground] if name == "spot" else SLOTS[name]
            filled[name] = str(choices[int(rng.integers(len(choices)))])
        return filled[name]

    return _SLOT.sub(fill, templates[int(rng.integers(len(templates)))])


def spot(rng: Generator, ground: Ground) -> str:
    """Return words for a place on this kind of ground."""
    choices = SPOTS[ground]
    return choices[int(rng.integers(len(choices)))]
