"""How a period is said: 全年, 上半年, 前三季度, 1—5月, 年末; with its year where that is not clear."""

from __future__ import annotations

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import Accumulation, Frequency
from tongqu.systems.indicators.rules.reports.digits import numeral
from tongqu.systems.indicators.rules.reports.parts import When

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WITH_YEAR = {"全年": "", "年末": "末"}


def when(period: Period, language: str, *, year: bool = True, stock: bool = False) -> When:
    """Return a period in words; without its year where the text has said it.

    >>> year, nine = Period.parse("2021"), Period.parse("2021-01/P9M")
    >>> when(year, "zh-hans").text, when(year, "zh-hans", year=False).text, when(nine, "zh-hans").text
    ('2021年', '全年', '2021年前三季度')
    >>> when(year, "zh-hans", year=False, stock=True).text, when(nine, "en").text
    ('年末', 'January to September 2021')
    """
    if language == "en":
        return When(_english(period, stock), period)
    said = _chinese(period, stock)
    if language == "zh-hant":
        said = said.replace("季度", "季")
    if not year:
        return When(said, period)
    if period.start // 12 != period.year:
        return When(_chinese_span(period), period)
    return When(f"{period.year}年{_WITH_YEAR.get(said, said)}", period)


def _chinese(period: Period, stock: bool) -> str:
    month = period.end % 12 + 1
    if stock:
        return "年末" if month == 12 else f"{month}月末"
    part = period.start % 12 // max(period.months, 1) + 1
    match period.frequency:
        case "A":
            return "全年"
        case "S":
            return "上半年" if part == 1 else "下半年"
        case "Q":
            return f"{numeral(part)}季度"
        case "M":
            return f"{month}月"
    if period.is_to_date and period.months == 9:
        return "前三季度"
    if period.start // 12 != period.year:
        return _chinese_span(period)
    return f"{period.start % 12 + 1}—{month}月"


def _chinese_span(period: Period) -> str:
    first, last = period.start // 12, period.year
    if period.start % 12 == 0 and period.end % 12 == 11:
        return f"{first}—{last}年"
    return f"{first}年{period.start % 12 + 1}月至{last}年{period.end % 12 + 1}月"


def _english(period: Period, stock: bool) -> str:
    first, last = divmod(period.start, 12), divmod(period.end, 12)
    if stock:
        return f"the end of {last[0]}" if last[1] == 11 else f"the end of {_MONTHS[last[1]]} {last[0]}"
    if first[1] == 0 and last[1] == 11:
        return f"{last[0]}" if first[0] == last[0] else f"{first[0]}–{last[0]}"
    if period.frequency == "S":
        return f"the {'first' if first[1] == 0 else 'second'} half of {last[0]}"
    if period.months == 1:
        return f"{_MONTHS[last[1]]} {last[0]}"
    year = "" if first[0] == last[0] else f" {first[0]}"
    return f"{_MONTHS[first[1]]}{year} to {_MONTHS[last[1]]} {last[0]}"


def chain(period: Period, frequency: Frequency, accumulation: Accumulation, count: int) -> list[Period]:
    """Return the last so many periods that a report compares, the asked one last.

    A whole year is compared with the years before it; a shorter span with those one step of the indicator's frequency before,
    from January on where it is cumulative.

    >>> [str(p) for p in chain(Period.parse("2021-S1"), Frequency.QUARTER, Accumulation.CUMULATIVE, 4)]
    ['2020-01/P9M', '2020', '2021-Q1', '2021-S1']
    >>> [str(p) for p in chain(Period.parse("2021"), Frequency.QUARTER, Accumulation.CUMULATIVE, 2)]
    ['2020', '2021']
    >>> [str(p) for p in chain(Period.parse("2021-02"), Frequency.MONTH, Accumulation.PERIOD, 2)]
    ['2021-01', '2021-02']
    """
    step = step_of(period, frequency)
    found = [period.shifted(-step * n) for n in range(count - 1, -1, -1)]
    if accumulation != Accumulation.CUMULATIVE or step == 12 or not period.is_to_date:
        return found
    return [each.step.to_date for each in found]


def step_of(period: Period, frequency: Frequency) -> int:
    """Return how many months lie between the ends of the periods that are compared.

    >>> step_of(Period.parse("2021-01/P9M"), Frequency.QUARTER), step_of(Period.parse("2021-Q1"), Frequency.YEAR)
    (3, 12)
    """
    if period.frequency == "A" or frequency == Frequency.YEAR:
        return 12
    if period.is_to_date:
        return frequency.months
    return max(frequency.months, period.months)
