"""What an address of the explorer means: the scene that a view shows, and the addresses that lead from it to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.forms.exploring import ExploringForm
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.queries.exploring import (
    Known,
    Named,
    choices,
    known_periods,
    members_with_outlines,
)
from tongqu.systems.indicators.queries.shown_first import shown_beside, shown_first
from tongqu.systems.indicators.rules.definition import Accumulation, Kind
from tongqu.systems.indicators.rules.exploring import Step, View, alike
from tongqu.systems.indicators.rules.growth import decimals_of, rounded
from tongqu.systems.indicators.rules.ranking import Measure

COMPUTED_DECIMALS = 2
WIDE_SET = 30
"""Sets of more members show the first twenty ranks unless asked for more."""


@dataclass
class Scene:
    """One view of one indicator, with all that was chosen or left to us."""

    view: View
    indicator: Indicator
    division_set: DivisionSet
    members: dict[int, StatDivision]
    known: Known
    measure: Measure
    period: Period | None
    since: Period | None
    step: Step
    chosen: list[int]
    """Primary keys of the chosen divisions, in the order of their codes."""
    own: dict[str, str]
    """What only some views ask for, as the address says it: classes, within, y, y_measure, size, log."""
    others: dict[str, Indicator] = field(default_factory=dict)
    """The other indicators of a scatter: `y`, and `size` if wanted."""
    periods: list[Period] = field(default_factory=list)
    """Where the slider can stand."""
    notices: list[str] = field(default_factory=list)
    offered: tuple[list[Named], list[Named]] = ([], [])
    """The indicators and sets that can be chosen."""
    ways: dict[tuple[int, str], str] = field(default_factory=dict)
    """The addresses of the pages of figures that were asked for, up to the period."""

    @property
    def is_cumulative(self) -> bool:
        """Whether the figures run from January."""
        return self.indicator.accumulation == Accumulation.CUMULATIVE

    @property
    def alike(self) -> list[Period]:
        """The periods that can stand on one axis with the one shown."""
        if self.period is None:
            return []
        return alike(self.periods, self.period, self.step, cumulative=self.is_cumulative)

    def measure_of(self, name: str) -> Measure:
        """Return what is shown of an indicator: `x`, `y` or `size`."""
        return {"x": self.measure, "y": Measure(self.own.get("y_measure") or Measure.VALUE)}.get(
            name, Measure.VALUE
        )

    @property
    def state(self) -> dict[str, Any]:
        """All that the scene is made of, as an address says it."""
        said: dict[str, Any] = {
            "view": self.view.value,
            "indicator": self.indicator.code,
            "set": self.division_set.code,
            "measure": self.measure.value,
            "period": str(self.period or ""),
            "since": str(self.since or ""),
            "step": self.step.value if self.view in (View.CHART, View.FLOW) else "",
            **self.own,
            "within": self.own["within"] if self.view == View.FLOW else "",
            "d": [self.members[pk].code for pk in self.chosen],
        }
        return said

    def query(self, **changes: Any) -> str:
        """Return the address of the scene, with some of it changed; what is empty is left out."""
        said = {key: value for key, value in {**self.state, **changes}.items() if value}
        return urlencode(said, doseq=True)

    def way(self, division: StatDivision, period: Period, name: str = "x") -> str:
        """Return the address of the page of a figure."""
        return f"{self.way_of(division, name)}{period}"

    def way_of(self, division: StatDivision, name: str = "x") -> str:
        """Return the address of the pages of a division's figures, up to the period that is to follow."""
        known = self.ways.get((division.pk, name))
        if known is None:
            indicator = self.others.get(name, self.indicator)
            kind = Kind.YOY if self.measure_of(name) == Measure.GROWTH else Kind.LEVEL
            asked = {"division": division.code, "kind": kind.value}
            known = f"{reverse('indicators:figure', args=[indicator.code])}?{urlencode(asked)}&period="
            self.ways[division.pk, name] = known
        return known

    @property
    def unit(self) -> str:
        """The unit of what is shown."""
        return "%" if self.measure == Measure.GROWTH else self.indicator.unit

    def shown(self, value: Decimal | None, name: str = "x") -> Decimal | None:
        """Return a value as published; what was computed is rounded."""
        indicator = self.others.get(name, self.indicator)
        if value is None:
            return None
        is_computed = indicator.numerator or self.measure_of(name) != Measure.VALUE
        most = COMPUTED_DECIMALS if self.measure_of(name) != Measure.VALUE else indicator.decimals
        return rounded(value, most) if is_computed and decimals_of(value) > most else value

    def measured(self, name: str = "x") -> str:
        """Return what is shown in words: the indicator, what of it, and the unit."""
        indicator, measure = self.others.get(name, self.indicator), self.measure_of(name)
        if measure == Measure.GROWTH:
            return _("%(indicator)s, growth on the year before, %%") % {"indicator": indicator.name}
        told = indicator.name
        if measure == Measure.CHANGE:
            told = _("%(indicator)s, change on the year before") % {"indicator": indicator.name}
        return f"{told} ({indicator.unit})" if indicator.unit else told


def scene_of(request: HttpRequest) -> tuple[ExploringForm, Scene | None]:
    """Return the form with what is wrong in it, and the scene; None without any indicator or set."""
    indicators, sets = choices()
    asked = ExploringForm(indicators, sets, request.GET)
    if not indicators or not sets:
        return asked, None
    wanted = asked.chosen("indicator"), asked.chosen("set")
    usual = shown_first(wanted[0]) if None in wanted else (None, None)
    indicator = Indicator.objects.get(code=wanted[0] or usual[0] or indicators[0][0])
    division_set = DivisionSet.objects.get(code=wanted[1] or usual[1] or sets[0][0])
    members = members_with_outlines(division_set)
    known = known_periods(indicator, members)
    measure = Measure(asked.chosen("measure") or _usual_measure(known))
    view = View(asked.chosen("view") or View.RANKS)
    codes = set(asked.chosen("d") or [])
    scene = Scene(
        view=view,
        indicator=indicator,
        division_set=division_set,
        members=members,
        known=known,
        measure=measure,
        period=None,
        since=asked.chosen("since"),
        step=Step(asked.chosen("step") or _usual_step(indicator, view, measure)),
        chosen=[pk for pk, each in members.items() if each.code in codes],
        own=_own(asked, members),
        periods=known.of(measure),
        offered=(indicators, sets),
    )
    if view == View.SCATTER:
        _add_others(scene)
    _set_period(scene, asked.chosen("period"))
    if missed := codes - {each.code for each in members.values()}:
        scene.notices.append(_("Not in this set: %(codes)s.") % {"codes": _(", ").join(sorted(missed))})
    return asked, scene


def _usual_measure(known: Known) -> Measure:
    """Return growth for an indicator of which bulletins publish nothing else."""
    return Measure.GROWTH if known.growths and not known.levels else Measure.VALUE


def _usual_step(indicator: Indicator, view: View, measure: Measure) -> Step:
    """Return the same months of each year for cumulative values, which would be a saw through the year."""
    cumulative = indicator.accumulation == Accumulation.CUMULATIVE
    return Step.YEAR if cumulative and view == View.CHART and measure != Measure.GROWTH else Step.EVERY


def _own(asked: ExploringForm, members: Any) -> dict[str, str]:
    within = asked.chosen("within") or ("20" if len(members) > WIDE_SET else "all")
    return {
        "classes": str(asked.chosen("classes") or ""),
        "within": str(within),
        "y": str(asked.chosen("y") or ""),
        "y_measure": str(asked.chosen("y_measure") or ""),
        "size": str(asked.chosen("size") or ""),
        "log": str(asked.chosen("log") or ""),
    }


def _add_others(scene: Scene) -> None:
    """Add the indicators of a scatter; the slider stands where both axes have figures."""
    if not scene.own["y"]:
        newest = scene.periods[-1] if scene.periods else None
        scene.own["y"] = shown_beside(scene.indicator, scene.members, newest) or scene.indicator.code
    asked = {name: scene.own[name] for name in ("y", "size") if scene.own[name]}
    rows = {each.code: each for each in Indicator.objects.filter(code__in=asked.values())}
    scene.others = {name: rows[code] for name, code in asked.items()}
    known = known_periods(scene.others["y"], scene.members)
    upwards = set(known.of(scene.measure_of("y")))
    scene.periods = [period for period in scene.periods if period in upwards]


def _set_period(scene: Scene, asked: Period | None) -> None:
    """Take the period asked for where it has figures, else the newest, and say so."""
    newest = scene.periods[-1] if scene.periods else None
    if asked is None or asked in scene.periods:
        scene.period = asked or newest
        return
    scene.period = newest
    if newest is not None:
        told = {"asked": period_name(asked), "newest": period_name(newest)}
        scene.notices.append(_("There are no figures of %(asked)s; %(newest)s is shown.") % told)
