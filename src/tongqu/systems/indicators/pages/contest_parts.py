"""The parts of a contest's page: the flag through the rounds, the table of a round, and what would move the flag in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongqu.kernel.periods import Period
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.forms.choosing import MEASURE_LABELS
from tongqu.systems.indicators.models.contest import Round
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.queries.contests import Sensitivity, at_decimals
from tongqu.systems.indicators.queries.origins import figure_address
from tongqu.systems.indicators.rules.contests import Contest, Item, Line
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.growth import plain
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.rounds import Held
from tongqu.systems.indicators.rules.sensitivity import Swing
from tongqu.systems.indicators.rules.tidy import decimal_text

MOST_FIGURES = 3
"""With more items the columns of their figures are folded away; the points lead to the figures all the same."""
Names = Mapping[str, str]


@dataclass(frozen=True)
class Named:
    """The terms of a round, with the indicator of each item."""

    terms: Contest
    indicators: Mapping[str, Indicator]

    def label(self, item: Item) -> str:
        """Return how an item is called."""
        name = self.indicators[item.code].name
        return name if item.measure == Measure.VALUE else f"{name} · {MEASURE_LABELS[item.measure]}"

    @property
    def labels(self) -> dict[str, str]:
        """How each item is called, by its code."""
        return {item.code: self.label(item) for item in self.terms.items}


def several(codes: Iterable[str], names: Names) -> str:
    """Return the names of some divisions as a list in words."""
    return _(", ").join(names.get(code, code) for code in sorted(codes))


def held_now(history: Sequence[Held]) -> list[Held]:
    """Return who holds the flag by the newest published round."""
    newest = max((held.until for held in history), default=None)
    return [held for held in history if held.until == newest]


def told(held: Held, names: Names) -> str:
    """Say since when somebody holds the flag."""
    said = {
        "name": names.get(held.holder, held.holder),
        "since": period_name(held.since),
        "total": held.total,
    }
    text = ngettext(
        "%(name)s: since %(since)s, for %(rounds)s round; held in %(total)s in all",
        "%(name)s: since %(since)s, for %(rounds)s rounds in a row; held in %(total)s in all",
        held.rounds,
    )
    return text % {**said, "rounds": held.rounds}


def flag_chart(history: Sequence[Held], periods: Sequence[Period], names: Names) -> dict[str, Any] | None:
    """Return who held the flag in each published round, a bar for each holder; None before the first."""
    if not history:
        return None
    shown = sorted(periods)
    holders = list(dict.fromkeys(held.holder for held in history))
    return {
        "grid": {"left": 8, "right": 24, "top": 12, "bottom": 8, "outerBoundsMode": "same"},
        "legend": {"show": False},
        "xAxis": {"type": "category", "data": [period_name(period) for period in shown]},
        "yAxis": {"type": "category", "inverse": True, "data": [names.get(code, code) for code in holders]},
        "series": [
            {
                "type": "line",
                "name": names.get(code, code),
                "data": [
                    [period_name(period), names.get(code, code) if _holds(history, code, period) else None]
                    for period in shown
                ],
                "symbol": "rect",
                "symbolSize": 14,
                "showAllSymbol": True,
                "lineStyle": {"width": 14},
                "connectNulls": False,
            }
            for code in holders
        ],
    }


def _holds(history: Iterable[Held], code: str, period: Period) -> bool:
    return any(held.holder == code and held.since <= period <= held.until for held in history)


def round_table(
    request: HttpRequest,
    round_: Round,
    lines: Sequence[Line],
    named: Named,
    names: Names,
    growth: frozenset[tuple[str, str]],
) -> Table:
    """Return the table of a round: each figure and its points lead to where the figure comes from."""
    decimals = named.terms.decimals
    items = [
        column for item in named.terms.items for column in _columns_of(item, named, round_, growth)
    ]  # fmt: skip
    return Table(
        "contest",
        [
            Column("rank", _("Rank"), lambda line: line.rank, kind="number", sort="key"),
            Column("name", _("Division"), lambda line: names.get(line.member, line.member)),
            Column("flag", _("Flag"), lambda line: line.holds_flag, kind="flag"),
            Column(
                "total", _("Total"), lambda line: at_decimals(line.total, decimals), kind="number", sort="key"
            ),
            *items,
            Column(
                "bonus",
                _("Bonus"),
                lambda line: at_decimals(line.bonus, decimals) if line.bonus else None,
                kind="number",
                sort="key",
            ),
            Column(
                "penalty",
                _("Penalty"),
                lambda line: at_decimals(-line.penalty, decimals) if line.penalty else None,
                kind="number",
                sort="key",
            ),
            Column("code", _("Code"), lambda line: line.member, optional=True),
        ],
        lines,
        request,
        caption=_("Table of %(contest)s, %(period)s")
        % {"contest": round_.contest.name, "period": round_.period_name},
        page_size=200,
        empty_title=_("Nobody takes part"),
        empty_text=_("The set of divisions of this contest has no member."),
    )


def _columns_of(item: Item, named: Named, round_: Round, growth: frozenset[tuple[str, str]]) -> list[Column]:
    way = _way_to(item, round_, growth)
    label = named.label(item)
    full = {"item": label, "weight": decimal_text(plain(item.weight))}
    return [
        Column(
            f"{item.code}.value",
            label,
            lambda line: _figure(line, item),
            kind="number",
            link=way,
            optional=len(named.terms.items) > MOST_FIGURES,
        ),
        Column(
            f"{item.code}.points",
            _("%(item)s, points of %(weight)s") % full,
            lambda line: line.scores[item.code].points,
            kind="number",
            sort="key",
            link=way,
        ),
    ]


def _figure(line: Line, item: Item) -> str | None:
    value = line.scores[item.code].value
    return None if value is None else decimal_text(value)


def _way_to(item: Item, round_: Round, growth: frozenset[tuple[str, str]]) -> Callable[[Line], str]:
    def way(line: Line) -> str:
        kind = Kind.YOY if (item.indicator, line.member) in growth else Kind.LEVEL
        return figure_address(item.indicator, line.member, round_.when, kind)

    return way


def swing_words(found: Swing, labels: Names, names: Names) -> str:
    """Say what it would take on one figure for the flag to change hands."""
    said = {
        "division": names.get(found.member, found.member),
        "item": labels[found.item],
        "needed": decimal_text(found.needed),
        "value": decimal_text(found.value),
        "losers": several(found.losers, names),
    }
    if found.losers:
        return (
            _(
                "if %(item)s of %(division)s were %(needed)s instead of %(value)s: "
                "%(division)s would get it, %(losers)s would lose it"
            )
            % said
        )
    return (
        _("if %(item)s of %(division)s were %(needed)s instead of %(value)s: %(division)s would share it")
        % said
    )


def weight_words(found: Sensitivity, labels: Names, names: Names) -> list[str]:
    """Say who else would hold the flag if an item counted otherwise."""
    cases = (
        (found.without, _("if %(item)s did not count: %(holders)s would hold it")),
        (found.with_half_weight, _("if %(item)s counted half: %(holders)s would hold it")),
        (found.with_double_weight, _("if %(item)s counted double: %(holders)s would hold it")),
    )
    return [
        text % {"item": labels[item], "holders": several(holders, names)}
        for of, text in cases
        for item, holders in of.items()
    ]
