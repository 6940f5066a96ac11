"""What an indicator is: how its figures are measured, published and read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

CODE = r"[A-Za-z][A-Za-z0-9_-]{1,39}"
"""The form of an indicator's code, which is also an SDMX identifier."""


class Frequency(StrEnum):
    """How often figures come; SDMX's CL_FREQ."""

    YEAR = "A"
    HALF = "S"
    QUARTER = "Q"
    MONTH = "M"

    @property
    def months(self) -> int:
        """Months from one figure to the next."""
        return {"A": 12, "S": 6, "Q": 3, "M": 1}[self.value]


class Accumulation(StrEnum):
    """What a figure of a period covers."""

    PERIOD = "period"
    """The period alone (当期)."""
    CUMULATIVE = "cumulative"
    """From January to the end of the period (累计)."""
    STOCK = "stock"
    """The state at the end of the period (期末)."""


class PriceBasis(StrEnum):
    """The prices in which a value is expressed."""

    NONE = "none"
    CURRENT = "current"
    COMPARABLE = "comparable"


class Better(StrEnum):
    """Which way is good; ranks begin there."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Kind(StrEnum):
    """What a figure says of its indicator."""

    LEVEL = "level"
    YOY = "yoy"
    """Growth on the same period a year before, in percent, as published."""
    CHANGE = "change"
    """Difference from the same period a year before, in the indicator's unit (percentage points for shares)."""
    SHARE = "share"
    RANK = "rank"
    COUNT = "count"
    COMPLETION = "completion"
    """Share of a year's target that is reached, in percent."""


class Status(StrEnum):
    """How far a figure can be trusted; letters of SDMX's CL_OBS_STATUS."""

    NORMAL = "A"
    PROVISIONAL = "P"
    ESTIMATED = "E"
    FORECAST = "F"
    BREAK = "B"
    MISSING = "O"
    """There is no figure, and the source says so."""


@dataclass(frozen=True)
class Ratio:
    """A derived indicator: one divided by another, such as urban income by rural income.

    >>> Ratio("INCOME_URBAN", "INCOME_RURAL").codes
    ('INCOME_URBAN', 'INCOME_RURAL')
    """

    numerator: str
    denominator: str

    @property
    def codes(self) -> tuple[str, str]:
        """The indicators that it needs."""
        return self.numerator, self.denominator


@dataclass(frozen=True)
class Definition:
    """One version of what an indicator means.

    `growth_basis` says in which prices the published growth is reckoned: the growth of regional product is at comparable prices
    while its level is at current ones, so that the two differ by the prices.

    >>> gdp = Definition("GDP", "地区生产总值", unit="CNY_100M", price_basis=PriceBasis.CURRENT,
    ...                  growth_basis=PriceBasis.COMPARABLE, frequency=Frequency.QUARTER,
    ...                  accumulation=Accumulation.CUMULATIVE)
    >>> gdp.growth_is_comparable, gdp.name("en"), gdp.name("zh-hans")
    (True, '地区生产总值', '地区生产总值')
    """

    code: str
    name_hans: str
    name_hant: str = ""
    name_en: str = ""
    unit: str = ""
    frequency: Frequency = Frequency.YEAR
    accumulation: Accumulation = Accumulation.PERIOD
    price_basis: PriceBasis = PriceBasis.NONE
    growth_basis: PriceBasis = PriceBasis.NONE
    better: Better = Better.UP
    decimals: int = 2
    ratio: Ratio | None = None
    source: str = ""
    meaning: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(CODE, self.code):
            raise ValueError(
                f"'{self.code}' is no code of an indicator. Write letters, digits, hyphens and underscores, "
                "a letter first, 2 to 40 signs."
            )
        if not 0 <= self.decimals <= 9:
            raise ValueError(f"{self.code}: decimals are 0 to 9, not {self.decimals}.")
        if self.ratio is not None and self.code in self.ratio.codes:
            raise ValueError(f"{self.code} cannot be a ratio of itself. Name two other indicators.")

    @property
    def growth_is_comparable(self) -> bool:
        """Whether growth computed from levels is in other prices than the growth that is published."""
        return self.growth_basis == PriceBasis.COMPARABLE and self.price_basis == PriceBasis.CURRENT

    def name(self, language: str) -> str:
        """Return the name in a language (`zh-hans`, `zh-hant`, `en`), the Simplified one where there is none."""
        return {"zh-hant": self.name_hant, "en": self.name_en}.get(language, "") or self.name_hans
