"""The explorer's charts as options of ECharts: bars, lines, a map in classes, the flow of ranks, dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tongqu.systems.indicators.rules.classes import Band

LINE_COLOURS = ("$chart-1", "$chart-3", "$chart-4", "$chart-5", "$chart-2")
CLASS_COLOURS = ("$class-1", "$class-2", "$class-3", "$class-4", "$class-5")
MOST_SYMBOLS = 60
"""Lines of more points show no dots until they are pointed at."""
ROW_PX, BAR_PX, LEAST_PX = 20, 30, 320
_CJK_PX, _LATIN_PX = 13, 7
_HALO = {"textBorderColor": "$surface-raised", "textBorderWidth": 3}
_HATCH = {
    "symbol": "rect",
    "dashArrayX": [1, 0],
    "dashArrayY": [2, 5],
    "rotation": 0.785,
    "color": "$line-strong",
}


@dataclass(frozen=True)
class Point:
    """One figure in a chart: its value, where it leads, and whether it may still change."""

    value: float | None
    url: str = ""
    is_unsure: bool = False
    is_late: bool = False


@dataclass(frozen=True)
class Line:
    """A named row of points, with the address that the key of a point completes."""

    name: str
    points: Sequence[Point]
    way: str
    is_chosen: bool = False


def room(names: Sequence[str]) -> int:
    """Return how many pixels the longest of the names needs at the edge of a chart."""
    return (
        max((sum(_CJK_PX if ord(sign) > 0x2E7F else _LATIN_PX for sign in name) for name in names), default=0)
        + 16
    )


def _hollow(colour: str) -> dict[str, Any]:
    return {"color": "$surface-raised", "borderColor": colour, "borderWidth": 1.5, "borderType": "dashed"}


def bars(rows: Sequence[tuple[str, Point, bool]]) -> dict[str, Any]:
    """Return bars from the first down; with some chosen, the others stand back. A row has a label, a point, and whether it is chosen."""
    some = any(chosen for _label, _point, chosen in rows)
    data = []
    for label, point, chosen in rows:
        colour = "$chart-1" if chosen or not some else "$chart-2"
        style = _hollow(colour) if point.is_unsure or point.is_late else {"color": colour}
        data.append({"name": label, "value": point.value, "url": point.url, "itemStyle": style})
    return {
        "tongqu": {"height": max(LEAST_PX, len(rows) * BAR_PX + 40)},
        "tooltip": {"trigger": "item"},
        "grid": {"left": 8, "right": 56, "top": 8, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category", "inverse": True, "data": [label for label, _point, _chosen in rows], "axisLabel": {"interval": 0},
        },
        "series": [{"type": "bar", "data": data, "barMaxWidth": 18, "cursor": "pointer", "label": {"show": True, "position": "right", "color": "$ink-soft"}}],
    }  # fmt: skip


def lines(labels: Sequence[str], keys: Sequence[str], told: Sequence[Line], name: str) -> dict[str, Any]:
    """Return lines through time with their names at the end; a hole in a line is a missing figure."""
    ends = all(line.points and line.points[-1].value is not None for line in told)
    dots = len(labels) <= MOST_SYMBOLS
    return {
        "tongqu": {"keys": list(keys), "height": 420},
        "legend": {"show": not ends and len(told) > 1, "type": "scroll", "top": 0},
        "grid": {"left": 8, "right": room([line.name for line in told]) if ends else 24, "top": 44, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "category", "data": list(labels), "boundaryGap": False, "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "value", "scale": True, "name": name, "nameTextStyle": {"align": "left", "color": "$ink-faint"}},
        "series": [_line(line, place, ends=ends, dots=dots) for place, line in enumerate(told)],
    }  # fmt: skip


def _line(line: Line, place: int, *, ends: bool, dots: bool) -> dict[str, Any]:
    colour = LINE_COLOURS[place % len(LINE_COLOURS)]
    dash = "solid" if place < len(LINE_COLOURS) else "dashed"
    return {
        "type": "line", "name": line.name, "way": line.way, "color": colour, "lineStyle": {"type": dash, "width": 2},
        "symbol": "circle", "symbolSize": 6, "showSymbol": dots, "showAllSymbol": True, "connectNulls": False,
        "endLabel": {"show": ends, "formatter": "{a}", "color": "$ink"},
        "labelLayout": {"moveOverlap": "shiftY"},
        "data": [_dot(point, colour) for point in line.points],
    }  # fmt: skip


def _dot(point: Point, colour: str) -> Any:
    if point.value is None or not (point.is_unsure or point.is_late):
        return point.value
    return {"value": point.value, "symbol": "circle", "symbolSize": 8, "itemStyle": _hollow(colour)}


def flow(labels: Sequence[str], keys: Sequence[str], told: Sequence[Line], last_rank: int) -> dict[str, Any]:
    """Return ranks through the periods, the first on top, with names at both ends; points outside the ranks shown are cut off."""
    some = any(line.is_chosen for line in told)
    starts, ends = _end_names(told, 0, last_rank), _end_names(told, -1, last_rank)
    ordered = sorted(told, key=lambda line: line.is_chosen)
    return {
        "tongqu": {"keys": list(keys), "height": max(LEAST_PX, last_rank * ROW_PX + 60)},
        "tooltip": {"trigger": "item", "formatter": _("{a}<br>{b}: rank {c}")},
        "grid": {"left": room(list(starts.values())), "right": room(list(ends.values())), "top": 8, "bottom": 28},
        "xAxis": {
            "type": "category", "data": list(labels), "boundaryGap": False, "axisLine": {"show": False},
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": {"type": "value", "inverse": True, "min": 0.5, "max": last_rank + 0.5, "show": False},
        "series": [_flowing(line, starts, ends, stands_back=some and not line.is_chosen) for line in ordered],
    }  # fmt: skip


def _end_names(told: Sequence[Line], place: int, last_rank: int) -> dict[str, str]:
    """Return what stands at one end of each line; those who share a rank share the label of the first of them."""
    found: dict[float, list[str]] = {}
    for line in told:
        value = line.points[place].value if line.points else None
        if value is not None and value <= last_rank:
            found.setdefault(value, []).append(line.name)
    joined = {names[0]: (rank, _(", ").join(names)) for rank, names in found.items()}
    return {
        name: f"{rank:.0f} {text}" if place == 0 else f"{text} {rank:.0f}"
        for name, (rank, text) in joined.items()
    }


def _flowing(
    line: Line, starts: Mapping[str, str], ends: Mapping[str, str], *, stands_back: bool
) -> dict[str, Any]:
    colour = "$chart-6" if stands_back else "$chart-1"
    data: list[Any] = [_dot(point, colour) for point in line.points]
    for place, names, side in ((0, starts, "left"), (-1, ends, "right")):
        if line.name in names and data:
            point = data[place] if isinstance(data[place], dict) else {"value": data[place]}
            ink = "$ink-faint" if stands_back else "$ink"
            label = {
                "show": True,
                "position": side,
                "formatter": names[line.name],
                "color": ink,
                "fontSize": 12,
            }
            data[place] = {**point, "label": label}
    return {
        "type": "line", "name": line.name, "way": line.way, "color": colour, "z": 2 if stands_back else 3,
        "lineStyle": {"width": 3 if line.is_chosen else 1.5}, "symbol": "circle", "symbolSize": 8 if line.is_chosen else 6,
        "showAllSymbol": True, "connectNulls": False, "clip": True, "cursor": "pointer", "emphasis": {"focus": "series"}, "data": data,
    }  # fmt: skip


@dataclass(frozen=True)
class Area:
    """One division on the map; without a class it has no figure."""

    code: str
    name: str
    band: int | None
    tip: str
    url: str
    is_chosen: bool = False


def area_map(
    level: str, areas: Sequence[Area], found: Sequence[Band], labels: Sequence[str]
) -> dict[str, Any]:
    """Return the divisions of a level in the colours of their classes; who has no figure is hatched."""
    colours = _spread(len(found))
    pieces: list[dict[str, Any]] = [
        {"value": n, "label": label, "color": colour}
        for n, (label, colour) in enumerate(zip(labels, colours, strict=True))
    ]
    if any(area.band is None for area in areas):
        pieces.insert(0, {"value": -1, "label": _("no figure (hatched)"), "color": "$surface-sunken"})
    return {
        "tongqu": {"map": {"name": f"outlines-{level}", "url": reverse("region:outlines", args=[level])}, "tips": True, "height": 480},
        "tooltip": {"trigger": "item"},
        "visualMap": {"type": "piecewise", "pieces": pieces, "left": 8, "bottom": 8, "textStyle": {"color": "$ink-soft"}, "itemSymbol": "rect"},
        "series": [
            {
                "type": "map", "map": f"outlines-{level}", "nameProperty": "code", "layoutCenter": ["50%", "50%"], "layoutSize": "94%", "roam": False, "selectedMode": False,
                "label": {"show": False}, "itemStyle": {"areaColor": "$map-land", "borderColor": "$map-line"},
                "emphasis": {"label": {"show": True}, "itemStyle": {"borderWidth": 2}}, "data": [_area(area) for area in areas],
            }
        ],
    }  # fmt: skip


def _spread(count: int) -> list[str]:
    """Return so many colours from light to dark; few classes lie far apart."""
    last = len(CLASS_COLOURS) - 1
    return [CLASS_COLOURS[last if count == 1 else round(n * last / (count - 1))] for n in range(count)]


def _area(area: Area) -> dict[str, Any]:
    style: dict[str, Any] = {"borderColor": "$ink", "borderWidth": 2} if area.is_chosen else {}
    if area.band is None:
        style["decal"] = _HATCH
    label = {
        "show": True,
        "formatter": area.name,
        "color": "$ink",
        **_HALO,
    }
    return {
        "name": area.code, "value": -1 if area.band is None else area.band, "tip": area.tip, "url": area.url,
        "label": label, "emphasis": {"label": label}, "itemStyle": style,
    }  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """One division as a dot."""

    name: str
    x: Decimal
    y: Decimal
    size: Decimal | None
    tip: str
    url: str
    is_chosen: bool
    is_unsure: bool


def dots(spots: Sequence[Spot], names: tuple[str, str], log: str, *, name_all: bool) -> dict[str, Any]:
    """Return one dot a division, its area by the third indicator if there is one."""
    some = any(spot.is_chosen for spot in spots)
    spots = sorted(spots, key=lambda spot: -(spot.size or 0))
    greatest = max((spot.size for spot in spots if spot.size), default=Decimal(0))
    behind, front = (
        [_spot(spot, greatest, some=some, name_all=name_all) for spot in spots if spot.is_chosen == chosen]
        for chosen in (False, True)
    )
    return {
        "tongqu": {"tips": True, "height": 480},
        "tooltip": {"trigger": "item"},
        "grid": {"left": 8, "right": 72, "top": 44, "bottom": 36, "outerBoundsMode": "same"},
        "xAxis": _axis("x", names[0], log, {"nameLocation": "middle", "nameGap": 28}),
        "yAxis": _axis("y", names[1], log, {"nameTextStyle": {"align": "left", "color": "$ink-faint"}}),
        "series": [
            {"type": "scatter", "cursor": "pointer", "labelLayout": {"hideOverlap": True}, "data": behind},
            {"type": "scatter", "cursor": "pointer", "z": 3, "data": front},
        ],
    }


def _spot(spot: Spot, greatest: Decimal, *, some: bool, name_all: bool) -> dict[str, Any]:
    colour = "$chart-1" if spot.is_chosen or not some else "$chart-2"
    style = _hollow(colour) if spot.is_unsure else {"color": colour, "opacity": 0.65}
    shown = name_all or spot.is_chosen
    return {
        "name": spot.name, "value": [float(spot.x), float(spot.y)], "symbolSize": _across(spot.size, greatest),
        "tip": spot.tip, "url": spot.url, "itemStyle": style,
        "label": {"show": shown, "formatter": spot.name, "position": "right", "color": "$ink", **_HALO},
    }  # fmt: skip


def _axis(which: str, name: str, log: str, more: Mapping[str, Any]) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": "log"} if which in log else {"type": "value", "scale": True}
    kind["axisLabel"] = {"hideOverlap": True}
    return {**kind, "name": name, "nameTextStyle": {"color": "$ink-faint"}, **more}


def _across(size: Decimal | None, greatest: Decimal) -> int:
    """Return the diameter of a dot: areas are as the values are."""
    if not greatest:
        return 12
    share = float(max(size or Decimal(0), Decimal(0)) / greatest)
    return max(5, round(34 * sqrt(share)))
