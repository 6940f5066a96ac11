"""What an item of a contest would yield, in words for the page that defines it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from tongqu.systems.indicators.forms.terms import ContestForms, ItemForm
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.queries.saying import in_words
from tongqu.systems.indicators.queries.trying import Tried, tried
from tongqu.systems.indicators.rules.contest_data import read_contest
from tongqu.systems.indicators.rules.contests import BadContest
from tongqu.systems.indicators.rules.tidy import decimal_text


@dataclass(frozen=True)
class Line:
    """One member as an example."""

    name: str
    value: str
    rank: int
    points: Decimal


@dataclass(frozen=True)
class Shown:
    """What an item yields, or why it yields nothing."""

    problem: str = ""
    period: str = ""
    lines: tuple[Line, ...] = ()
    weight: str = ""
    tried: Tried | None = None


def shown_for(forms: ContestForms, row: ItemForm) -> Shown | None:
    """Return what the item of one row yields; None while it is not filled yet."""
    # Cleaned once: what an action refused is kept among the errors.
    said = forms.form.cleaned_data if forms.form.is_valid() or forms.form.is_bound else {}
    division_set = said.get("division_set")
    if not isinstance(division_set, DivisionSet):
        return Shown(_("Choose the set of divisions to see what the formula yields."))
    if not row.is_valid():
        return _problem_of(row)
    item = row.data_of_item
    try:
        contest = read_contest({"items": [item], "decimals": _decimals(said.get("decimals"))})
    except BadContest as bad:
        return Shown(in_words(bad.said))
    targets = forms.targets_of(item["code"], division_set)
    found = tried(contest.items[0], division_set, targets, contest.decimals)
    lines = tuple(
        Line(each.division.name, decimal_text(each.scored.value), each.scored.rank or 0, each.scored.points)
        for each in found.examples
    )
    return Shown("", str(found.period or ""), lines, item["weight"], found)


def _decimals(value: object) -> int:
    return value if isinstance(value, int) else 2


def _problem_of(row: ItemForm) -> Shown | None:
    """Return what is wrong with what is filled; nothing of what is still to be filled."""
    for name, errors in row.errors.items():
        if row.data.get(row.add_prefix(name)):
            return Shown(str(errors[0]))
    return None
