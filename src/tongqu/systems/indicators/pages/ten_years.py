"""Ten years in figures: the long stories of a division as a spread of a newspaper."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongqu.kernel.periods import Period
from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import today
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.queries.card_files.alone import drawn
from tongqu.systems.indicators.queries.card_view import DOMAIN_LABELS, pieces
from tongqu.systems.indicators.queries.cards import set_for, the_language
from tongqu.systems.indicators.queries.origins import way_to
from tongqu.systems.indicators.queries.ten_years import spans_of, stories_of
from tongqu.systems.indicators.rules.definition import Definition
from tongqu.systems.indicators.rules.reports.digits import as_multiple, as_written, unit_words
from tongqu.systems.indicators.rules.reports.drawing import PAGE
from tongqu.systems.indicators.rules.reports.facts import Told
from tongqu.systems.indicators.rules.reports.ten_years import Story, chart_of, lead, told_of, written
from tongqu.systems.indicators.rules.reports.times import when

FEATURED = 3
"""How many stories lead the page in larger type: those that changed most."""


@door(SIGNED_IN)
@require_safe
def ten_years(request: HttpRequest, division: str) -> HttpResponse:
    """Show from where to where the indicators of a division went in the last ten years that are known."""
    place = get_object_or_404(StatDivision, code=division)
    asked = request.GET.get("set", "")
    division_set = DivisionSet.objects.filter(code=asked).first() if asked else set_for(place)
    stories = stories_of(place, Period.since(today().year, 1, 12), division_set=division_set)
    language = the_language()
    leading = sorted(stories, key=lambda story: -story.strength)[:FEATURED]
    rest = [story for story in stories if story not in leading]
    context = {
        "division": place,
        "lead": pieces(lead(stories, place.name, language), way_to) if stories else [],
        "featured": [_shown(story, language) for story in leading],
        "stories": [_shown(story, language) for story in rest],
        "is_invented": any(story.is_invented for story in stories),
        "years": _years(stories),
        "spans": [_span(terms, told, language) for terms, told in spans_of(place)],
    }
    return render(request, "indicators/ten_years.html", context)


def _years(stories: list[Story]) -> str:
    """Return from which year to which the stories go."""
    if not stories:
        return ""
    first = min(story.first.origin.period.year for story in stories)
    last = max(story.last.origin.period.year for story in stories)
    return f"{first}–{last}"


def _span(terms: Definition, told: Told, language: str) -> dict[str, str]:
    unit = unit_words(terms.unit, language)
    gap = " " if language == "en" and unit not in ("", "%") else ""
    return {
        "name": terms.name(language),
        "value": f"{as_written(told.value)}{gap}{unit}",
        "url": way_to(told.origin),
        "when": when(told.origin.period, language).text,
    }


def _shown(story: Story, language: str) -> dict[str, Any]:
    first, last = story.first, story.last
    return {
        "name": story.definition.name(language),
        "domain": DOMAIN_LABELS[story.domain],
        "unit": unit_words(story.definition.unit, language),
        "low": written(story, first).text,
        "low_url": way_to(first.origin),
        "low_year": _year(first, language),
        "high": written(story, last).text,
        "high_url": way_to(last.origin),
        "high_year": _year(last, language),
        "times": _times(story),
        "pieces": pieces(told_of(story, language), way_to),
        "svg": drawn(chart_of(story, language), PAGE),
        "is_invented": story.is_invented,
    }


def _year(told: Told, language: str) -> str:
    return when(told.origin.period, language).text


def _times(story: Story) -> str:
    if story.multiple is None or as_multiple(story.multiple) <= 1:
        return ""
    return _("%(times)s times") % {"times": as_written(as_multiple(story.multiple))}
