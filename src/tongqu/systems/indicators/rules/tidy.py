"""One figure as a row of a tidy table: all that is known of it but the text of its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tongqu.kernel.periods import Period
from tongqu.kernel.texts import not_a_formula
from tongqu.systems.indicators.rules.definition import Kind, Status

COLUMNS = (
    "indicator", "division", "period", "kind", "value", "status", "revision", "known_at", "release", "evidence",
    "span_start", "span_end",
)  # fmt: skip


@dataclass(frozen=True)
class Tidy:
    """One vintage of a figure, with its release and the SHA-256 of its evidence."""

    indicator: str
    division: str
    period: Period
    kind: Kind
    value: Decimal | None
    status: Status
    revision: int = 1
    known_at: datetime | None = None
    release: str = ""
    evidence: str = ""
    span_start: int | None = None
    span_end: int | None = None

    @property
    def cells(self) -> list[str]:
        """Its cells as texts, in the order of `COLUMNS`; empty where there is nothing.

        >>> Tidy("GDP", "330825", Period.parse("2024"), Kind.LEVEL, Decimal("5.30"), Status.NORMAL, release="=1").cells
        ['GDP', '330825', '2024', 'level', '5.30', 'A', '1', '', "'=1", '', '', '']
        """
        values = [
            self.indicator, self.division, self.period, self.kind, decimal_text(self.value), self.status,
            self.revision, self.known_at.isoformat() if self.known_at else None, not_a_formula(self.release),
            self.evidence, self.span_start, self.span_end,
        ]  # fmt: skip
        return ["" if value is None else str(value) for value in values]


def decimal_text(value: Decimal | None) -> str:
    """Return the value without an exponent, its zeros kept; nothing for None.

    >>> decimal_text(Decimal("1E+3")), decimal_text(Decimal("5.30")), decimal_text(None)
    ('1000', '5.30', '')
    """
    return "" if value is None else f"{value:f}"
