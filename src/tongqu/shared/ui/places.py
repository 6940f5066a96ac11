"""Links that a page about a place offers: systems say what they have of a place, and pages of other systems show it.

A system calls `offer` in its `apps.py`; a page writes `{% place_links lon lat case=case.number %}`. So neither knows the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class PlaceLink:
    """A page that shows a place: its route takes `lon`, `lat` and `zoom`, and ignores what else it does not know."""

    route: str
    label: str | Promise
    icon: str
    zoom: float


_offered: dict[str, PlaceLink] = {}


def offer(link: PlaceLink) -> None:
    """Have pages about a place offer the link; the same route again replaces it."""
    _offered[link.route] = link


def links_at(lon: float, lat: float, **about: str) -> list[dict[str, object]]:
    """Return the links for a place (WGS-84 degrees) with address, label and icon; `about` names what the page is about."""
    return [
        {
            "url": f"{reverse(link.route)}?{urlencode({'lon': f'{lon:.6f}', 'lat': f'{lat:.6f}', 'zoom': link.zoom, **about})}",
            "label": link.label,
            "icon": link.icon,
        }
        for link in _offered.values()
    ]
