"""The explorer's scatter: two indicators of one period, one dot a division, its size by a third."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongqu.kernel.periods import Period
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.pages.explorer_charts import Spot, dots
from tongqu.systems.indicators.pages.explorer_scene import Scene
from tongqu.systems.indicators.pages.explorer_views import (
    Cell,
    Marks,
    Shown,
    hollow_note,
    mark_words,
)
from tongqu.systems.indicators.queries.exploring import PLAIN, Mark, marks_of
from tongqu.systems.indicators.queries.series import Span, measured_series
from tongqu.systems.indicators.rules.exploring import rank_correlation

FEW = 15
"""So many dots or fewer all bear their names."""
WEAK = 0.3
"""Below this a rank correlation is called hardly any."""
Values = Mapping[str, Mapping[int, Decimal]]


def scatter_view(request: HttpRequest, scene: Scene) -> Shown:
    """Show one indicator over another."""
    names = ["x", *scene.others]
    values = {name: _values(scene, name) for name in names}
    marks = {name: _marks(scene, name, values[name]) for name in names}
    both = [pk for pk in scene.members if pk in values["x"] and pk in values["y"]]
    shown = Shown(
        _together(scene, [(values["x"][pk], values["y"][pk]) for pk in both]),
        _table(request, scene, values, marks),
        partial(_cells, scene, values, marks),
    )
    drawn = [pk for pk in both if _fits(scene, values, pk)]
    if not drawn or scene.period is None:
        shown.why_no_chart = _(
            "No division has figures of both for one period. Choose other indicators, or another measure."
        )
        return shown
    spots = [_spot(scene, scene.period, values, marks, pk) for pk in drawn]
    shown.option = dots(
        spots, (scene.measured("x"), scene.measured("y")), scene.own["log"], name_all=len(drawn) <= FEW
    )
    for name in names:
        shown.mark(marks[name], hollow_note())
    shown.notes = sorted(set(shown.notes))
    _note_left_out(shown, scene, len(scene.members) - len(both), len(both) - len(drawn))
    return shown


def _cells(scene: Scene, values: Values, marks: Mapping[str, Marks]) -> list[Cell]:
    return [
        Cell(
            member,
            scene.period,
            of.get(pk),
            note=mark_words(_mark(marks[name], pk, scene.period)),
            name=name,
        )
        for name, of in values.items()
        for pk, member in scene.members.items()
        if scene.period is not None
    ]


def _note_left_out(shown: Shown, scene: Scene, without: int, not_above_zero: int) -> None:
    if without:
        shown.notes.append(_("%(count)d without figures of both are left out.") % {"count": without})
    if not_above_zero:
        shown.notes.append(
            _("%(count)d at zero or below are left out: a logarithmic axis cannot show them.")
            % {"count": not_above_zero}
        )
    if "size" in scene.others:
        shown.notes.append(_("The area of a dot: %(size)s.") % {"size": scene.measured("size")})


def _values(scene: Scene, name: str) -> dict[int, Decimal]:
    if scene.period is None:
        return {}
    indicator, measure = scene.others.get(name, scene.indicator), scene.measure_of(name)
    found = measured_series(indicator, scene.members, measure, span=Span.of([scene.period]))
    return {pk: of[scene.period] for pk, of in found.items() if scene.period in of}


def _marks(scene: Scene, name: str, values: Mapping[int, Decimal]) -> Marks:
    if scene.period is None:
        return {}
    places = {(pk, scene.period) for pk in values}
    return marks_of(scene.others.get(name, scene.indicator), places, scene.measure_of(name))


def _mark(marks: Marks, pk: int, period: Period | None) -> Mark:
    return marks.get((pk, period), PLAIN) if period else PLAIN


def _fits(scene: Scene, values: Values, pk: int) -> bool:
    return all(values[which][pk] > 0 for which in scene.own["log"])


def _spot(scene: Scene, period: Period, values: Values, marks: Mapping[str, Marks], pk: int) -> Spot:
    member = scene.members[pk]
    told = [member.name]
    unsure = False
    for name in ("x", *scene.others):
        value = scene.shown(values[name].get(pk), name)
        mark = _mark(marks[name], pk, period)
        unsure = unsure or mark.is_unsure
        said = [scene.measured(name), "–" if value is None else str(value), mark_words(mark)]
        told.append(" ".join(part for part in said if part))
    return Spot(
        member.name, values["x"][pk], values["y"][pk], values.get("size", {}).get(pk), "\n".join(told),
        scene.way(member, period), pk in scene.chosen, unsure,
    )  # fmt: skip


def _together(scene: Scene, pairs: list[tuple[Decimal, Decimal]]) -> str:
    """Say whether the two go together, by the rank correlation."""
    told = {"x": scene.indicator.name, "y": scene.others["y"].name, "count": len(pairs)}
    found = rank_correlation(pairs)
    if found is None:
        return _("%(x)s and %(y)s: too few figures to say whether they go together") % told
    told["rho"] = f"{found:+.2f}"
    if abs(found) < WEAK:
        return _("%(x)s and %(y)s hardly go together (rank correlation %(rho)s, %(count)d divisions)") % told
    if found < 0:
        return _("The higher %(x)s, the lower %(y)s (rank correlation %(rho)s, %(count)d divisions)") % told
    return _("The higher %(x)s, the higher %(y)s (rank correlation %(rho)s, %(count)d divisions)") % told


def _table(request: HttpRequest, scene: Scene, values: Values, marks: Mapping[str, Marks]) -> Table:
    def column(name: str) -> Column:
        def value(pk: int) -> Decimal | None:
            return scene.shown(values[name].get(pk), name)

        def way(pk: int) -> str:
            known = scene.period is not None and pk in values[name]
            return scene.way(scene.members[pk], scene.period, name) if known and scene.period else ""

        return Column(name, scene.measured(name), value, kind="number", sort="key", link=way)

    def note(pk: int) -> str:
        told = {mark_words(_mark(of, pk, scene.period)) for of in marks.values()} - {""}
        return _(", ").join(sorted(told))

    return Table(
        "scatter",
        [
            Column("name", _("Division"), lambda pk: scene.members[pk].name, sort="key"),
            *(column(name) for name in ("x", *scene.others)),
            Column("note", _("Note"), note),
        ],
        [pk for pk in scene.members if any(pk in of for of in values.values())],
        request,
        caption=f"{scene.measured('x')} / {scene.measured('y')}",
        page_size=200,
        empty_title=_("No figures"),
        empty_text=_("Nothing was recorded of this indicator for these divisions."),
    )
