"""What the page shell shows on every page: the region, and the pages that the person may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Person, Region
from tongqu.shared.region.rules import Role


@dataclass(frozen=True)
class Entry:
    """One link of the navigation; without roles it is for everyone signed in."""

    route: str
    label: Promise
    icon: str
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Group:
    """Links that belong together."""

    label: Promise | str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Link:
    """An entry as this reader sees it."""

    url: str
    label: Promise
    icon: str
    is_here: bool


@dataclass(frozen=True)
class LinkGroup:
    """A group as this reader sees it."""

    label: Promise | str
    entries: list[Link]


GROUPS: tuple[Group, ...] = (
    Group(
        "",
        (
            Entry("home", _("Cockpit"), "home"),
            Entry("duties:board", _("Duties"), "duties"),
            Entry("cases:queue", _("Cases"), "cases"),
            Entry("evidence:list", _("Evidence"), "evidence"),
            Entry("duties:league", _("League of units"), "league"),
        ),
    ),
    Group(
        _("Region"),
        (
            Entry("region:home", _("Divisions and units"), "region"),
            Entry("region:calendar", _("Working calendar"), "calendar"),
        ),
    ),
)


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _links(group: Group, person: Person, here: str) -> LinkGroup:
    links = [
        Link(url, entry.label, entry.icon, here == url or (url != "/" and here.startswith(url)))
        for entry in group.entries
        if (not entry.roles or entry.roles & person.roles) and (url := _address(entry.route))
    ]
    return LinkGroup(group.label, links)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's context: region, navigation, theme."""
    person = request.user if isinstance(request.user, Person) else None
    groups = [_links(group, person, request.path) for group in GROUPS] if person else []
    region = Region.objects.select_related("root").first()
    return {
        "shell": {
            "region": region,
            "groups": [group for group in groups if group.entries],
            "theme": request.COOKIES.get("theme", "auto"),
            "home": _address("home") or "/",
        }
    }
