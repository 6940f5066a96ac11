"""Who keeps the figures: the statistics office (统计局), and the administrators of the whole region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tongqu.shared.region.rules import Role

OFFICE_ROLES = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.DUTY_DESK})
"""Roles that keep figures where they are held in the statistics office."""


@dataclass(frozen=True)
class Post:
    """One posting, as far as it decides who keeps figures."""

    role: Role
    unit: str
    whole_region: bool


def keeps_figures(posts: Iterable[Post], office: str) -> bool:
    """Answer whether the postings let somebody define indicators, record figures and hold contests.

    Without a statistics office, administrators of the whole region alone do.

    >>> keeps_figures([Post(Role.HANDLER, "tjj", True)], "tjj"), keeps_figures([Post(Role.HANDLER, "", True)], "")
    (True, False)
    >>> keeps_figures([Post(Role.REGION_ADMIN, "x", True)], ""), keeps_figures([Post(Role.REGION_ADMIN, "x", False)], "")
    (True, False)
    """
    return any(
        (post.role == Role.REGION_ADMIN and post.whole_region)
        or (bool(office) and post.unit == office and post.role in OFFICE_ROLES)
        for post in posts
    )
