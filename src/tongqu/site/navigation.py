"""What the page shell shows on every page: the region, and the pages that the person may open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext_lazy as _

from tongqu.shared.access.guard import rule_of
from tongqu.shared.access.rules import Door
from tongqu.shared.duties.queries import unread_notices
from tongqu.shared.region.models import Person, Region

THEMES = {"auto": _("As the device"), "light": _("Light"), "dark": _("Dark")}
MOST_ON_BADGE = 99


@dataclass(frozen=True)
class Entry:
    """One link of the navigation. Who sees it follows from the rule on the page it leads to."""

    route: str
    label: Promise
    icon: str
    short: Promise | None = None
    """The label where there is little room; an entry with one stands in the bar of the phone."""


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
    short: Promise | None = None
    is_here: bool = False


@dataclass(frozen=True)
class LinkGroup:
    """A group as this reader sees it."""

    label: Promise | str
    entries: list[Link]


GROUPS: tuple[Group, ...] = (
    Group(
        "",
        (
            Entry("home", _("Cockpit"), "home", _("Cockpit")),
            Entry("duties:board", _("Duties"), "duties", _("Duties")),
            Entry("cases:queue", _("Cases"), "cases", _("Cases")),
            Entry("cases:map", _("Map of cases"), "region"),
            Entry("cases:statistics", _("Statistics of cases"), "league"),
            Entry("cases:hot", _("Hot issues"), "warning"),
            Entry("cases:report", _("Report a case"), "report", _("Report")),
            Entry("cases:grid", _("Report from the grid"), "locate"),
            Entry("evidence:list", _("Evidence"), "evidence"),
            Entry("timeline:show", _("Time axis"), "layers"),
            Entry("duties:league", _("League of units"), "league"),
            Entry("indicators:explorer", _("Indicators and ranks"), "league"),
            Entry("indicators:contests", _("Contests"), "check"),
            Entry("indicators:cards", _("Report cards"), "journal"),
            Entry("indicators:reports", _("Reports and their claims"), "report"),
        ),
    ),
    Group(
        _("Region"),
        (
            Entry("region:home", _("Divisions and units"), "region"),
            Entry("region:calendar", _("Working calendar"), "calendar"),
            Entry("cases:text-blocks", _("Text blocks"), "mail"),
            Entry("cases:matters", _("Matters"), "tag"),
            Entry("cases:routing", _("Responsibility lists"), "check"),
        ),
    ),
    Group(
        _("Running"),
        (
            Entry("journal:list", _("Journal"), "journal"),
            Entry("operations", _("Operations"), "operations"),
            Entry("cases:hotline", _("Hotline import"), "report"),
            Entry("cases:notices", _("Notices to reporters"), "bell"),
            Entry("cases:sensors", _("Sensors"), "sensor"),
            Entry("cases:mail", _("Reports by e-mail"), "mail"),
            Entry("cases:reader", _("Reader of matters"), "tag"),
            Entry("access:people", _("People"), "person"),
            Entry("duties:rules", _("Lamp rules"), "duties"),
            Entry("region:import", _("Import a region"), "report"),
            Entry("evidence:import", _("Import photos"), "evidence"),
            Entry("admin:index", _("Master data"), "admin"),
        ),
    ),
)

ACCOUNT: tuple[Entry, ...] = (
    Entry("access:account", _("My account"), "person"),
    Entry("duties:notices", _("Notices"), "bell"),
    Entry("components", _("Components"), "palette"),
)


@cache
def _target(route: str) -> tuple[str, Door | None]:
    """Return the address of a route and the rule on its page."""
    url = reverse(route)
    return url, rule_of(resolve(url).func, view_name=route)


def _opens(door: Door | None, person: Person) -> bool:
    return door is not None and door.opens_to(
        signed_in=True, roles=person.roles, is_staff=person.is_staff or person.is_superuser
    )


def _links(entries: tuple[Entry, ...], person: Person, here: str) -> list[Link]:
    found = []
    for entry in entries:
        url, door = _target(entry.route)
        if _opens(door, person):
            found.append(Link(url, entry.label, entry.icon, entry.short))
    current = max((link.url for link in found if _covers(link.url, here)), key=len, default="")
    return [Link(ln.url, ln.label, ln.icon, ln.short, is_here=ln.url == current) for ln in found]


def _covers(url: str, here: str) -> bool:
    return here == url or (url != "/" and here.startswith(url))


def _groups(person: Person, here: str) -> list[LinkGroup]:
    """Return the groups this person may open, with only the closest link marked as the place they are at."""
    every = tuple(entry for group in GROUPS for entry in group.entries)
    by_url = {link.url: link for link in _links(every, person, here)}
    groups = [
        LinkGroup(group.label, [by_url[u] for e in group.entries if (u := _target(e.route)[0]) in by_url])
        for group in GROUPS
    ]
    return [group for group in groups if group.entries]


def _languages() -> list[dict[str, Any]]:
    now = get_language()
    return [
        {"code": code, "name": name, "tag": to_locale(code).replace("_", "-"), "is_chosen": code == now}
        for code, name in settings.LANGUAGES
    ]


def _bell(person: Person) -> dict[str, Any]:
    count = unread_notices(person)
    label = ngettext("%(count)s notice not read", "%(count)s notices not read", count) % {"count": count}
    text = f"{MOST_ON_BADGE}+" if count > MOST_ON_BADGE else str(count)
    return {"url": _target("duties:notices")[0], "count": count, "count_text": text, "label": label}


def _theme(request: HttpRequest) -> str:
    wanted = request.COOKIES.get("theme", "")
    return wanted if wanted in THEMES else "auto"


def _of_person(person: Person, here: str) -> dict[str, Any]:
    groups = _groups(person, here)
    return {
        "person": person,
        "posts": [posting.unit for posting in person.postings_now],
        "groups": groups,
        "quick": [link for group in groups for link in group.entries if link.short][:4],
        "bell": _bell(person),
        "find": _target("find")[0],
        "account": _links(ACCOUNT, person, here),
        "sign_out": _target("access:sign-out")[0],
    }


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's context; nothing is read unless a page shows it."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    region = Region.objects.select_related("root").first()
    theme = _theme(request)
    found = {
        "region": region,
        "is_invented": region is not None and region.is_invented,
        "theme": theme,
        "themes": [{"code": code, "name": name, "is_chosen": code == theme} for code, name in THEMES.items()],
        "languages": _languages(),
        "home": "/",
        "sign_in": _target("access:sign-in")[0],
    }
    if isinstance(user, Person):
        found |= _of_person(user, request.path)
    return found
