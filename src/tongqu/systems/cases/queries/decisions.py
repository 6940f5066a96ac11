"""What the desks decided: cases and the matters that they were given, for the reader to learn from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from tongqu.systems.cases.analytics.matter_training import Strengths
from tongqu.systems.cases.analytics.reader import Text
from tongqu.systems.cases.analytics.training import Example
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.reading import ReaderVersion, ReadingChoice
from tongqu.systems.cases.queries.reading import matter_strengths
from tongqu.systems.cases.rules.lifecycle import State

MOST_DECISIONS = 5000
STRONG = 2.0


@dataclass(frozen=True)
class Decision:
    """A case whose matter a desk confirmed, as an example, and when it came in."""

    example: Example
    at: datetime


def decisions() -> list[Decision]:
    """Return the newest 5,000 decisions, the oldest first; invented cases count only where there are no others."""
    rows = Case.objects.filter(matter__is_active=True).exclude(state__in=[State.REPORTED, State.REJECTED])
    real = rows.filter(is_invented=False)
    chosen = (real if real.exists() else rows).order_by("-reported_at", "-pk")[:MOST_DECISIONS]
    values: Iterable[tuple[str, str, str, datetime]] = chosen.values_list(
        "title", "text", "matter__code", "reported_at"
    )
    found = [
        Decision(Example(Text("" if text.startswith(title.rstrip("…")) else title, text), code), at)
        for title, text, code, at in values
    ]
    return found[::-1]


def strengths_in_use() -> tuple[Strengths, dict[str, str]]:
    """Return the words of the matters in use (the standard list's and each matter's own keywords), and their names."""
    listed = matter_strengths()
    strengths: dict[str, dict[str, float]] = {}
    names: dict[str, str] = {}
    for code, name, keywords in Matter.objects.filter(is_active=True).values_list(
        "code", "name_zh_hans", "keywords"
    ):
        own = dict.fromkeys(keywords.replace("，", " ").replace(",", " ").replace("、", " ").split(), STRONG)
        strengths[code] = {**listed.get(code, {}), **own}
        names[code] = name
    return strengths, names


def reader_versions() -> list[ReaderVersion]:
    """Return the versions, the newest first, each with `asked`, `first` and `among` of the choices made with it."""
    return list(
        ReaderVersion.objects.defer("data").annotate(
            asked=Count("choices"),
            first=Count("choices", filter=Q(choices__place=1)),
            among=Count("choices", filter=Q(choices__place__isnull=False)),
        )
    )


def choices_by_word_list() -> dict[str, int]:
    """Return how often desks chose while only the word list read: in all, its first suggestion, one of its three."""
    return ReadingChoice.objects.filter(version__isnull=True).aggregate(
        asked=Count("pk"),
        first=Count("pk", filter=Q(place=1)),
        among=Count("pk", filter=Q(place__isnull=False)),
    )
