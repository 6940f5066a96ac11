"""A claim as it stands: as it was read or mended, with what only a person can add."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.ranking import Measure

GROWTH = re.compile(
    r"(?:同比|年均|平均)?(?P<word>增速|增幅|涨幅|增长率|增长速度|增加率|年增率|成长率|成长幅度|增长幅度|上涨率|上升幅度|升幅|降幅|跌幅|减幅|降速|下降率)$"
)
"""The words at the end of a name that say that a growth is meant."""


@dataclass(frozen=True)
class Stated:
    """A claim as it stands, with what only a person can add: the set of a rank, and by what it ranks."""

    claim: Claim
    set_code: str = ""
    measure: Measure | None = None

    @property
    def ranked_by(self) -> Measure:
        """By what a rank ranks: as somebody said, else by growth where the claim names one (增速)."""
        return self.measure or (Measure.GROWTH if GROWTH.search(self.claim.indicator) else Measure.VALUE)
