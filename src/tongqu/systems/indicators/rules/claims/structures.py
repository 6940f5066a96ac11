"""The structure of the three sectors, written as 7.5:45.1:47.4."""

from __future__ import annotations

import re
from decimal import Decimal

from tongqu.systems.indicators.rules.claims.figures import Figure, Sort
from tongqu.systems.indicators.rules.claims.items import Item
from tongqu.systems.indicators.rules.claims.nouns import Name

_SHARE = r"[0-9]{1,3}(?:\.[0-9]{1,3})?%?"
_THREE = rf"({_SHARE}):({_SHARE}):({_SHARE})"
_PATTERN = re.compile(
    rf"(?<![0-9:.]){_THREE}(?:[^0-9,。;:\n]{{0,12}}?(?:到|至|为|成)(?:(?:19|20)[0-9]{{2}}年?的?)?{_THREE})?(?![0-9:])"
)
_NAMED = re.compile("产业结构|三次产业|三产|产业增加值结构|一二三产")


def structures_in(text: str) -> list[list[Item]]:
    """Return the structures of a plain text, each as three items: the shares that it came to, with those that it came from.

    >>> [(str(i.figure.value), str(i.origin.value)) for i in structures_in("三次产业结构由15:61.9:23.1调整为14:57.5:28.5")[0]]
    [('14', '15'), ('57.5', '61.9'), ('28.5', '23.1')]
    """
    found = []
    for match in _PATTERN.finditer(text):
        later = bool(match[4])
        shares = [_share(match, group) for group in ((4, 5, 6) if later else (1, 2, 3))]
        origins = [_share(match, group) if later else None for group in (1, 2, 3)]
        found.append(
            [
                Item(share.start, share.end, match.start(), figure=share, origin=origin, sector=True)
                for share, origin in zip(shares, origins, strict=True)
            ]
        )
    return found


def sectors_of(name: Name) -> list[Name]:
    """Return the names of the three sectors where a name is that of their structure, in its characters."""
    if not _NAMED.search(name.plain):
        return []
    made, trade = ("產", "業") if "產" in name.written else ("产", "业")
    return [Name(f"第{n}产业", f"第{n}{made}{trade}") for n in "一二三"]


def _share(match: re.Match[str], group: int) -> Figure:
    return Figure(match.start(group), match.end(group), Decimal(match[group].rstrip("%")), "%", Sort.RATIO)
