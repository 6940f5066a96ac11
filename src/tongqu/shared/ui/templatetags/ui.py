"""The components that every page uses: `{% load ui %}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BaseForm
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from tongqu.shared.ui.icons import ICONS
from tongqu.shared.ui.table import Table

register = template.Library()

LAMPS = {
    "blue": _("On time"),
    "yellow": _("Due soon"),
    "red": _("Late"),
    "none": _("No lamp"),
}
"""The word of each lamp; its shape is drawn by the style sheet, so that colour is never the only sign."""


class Capture(template.Node):
    """Keeps what it encloses in a variable, so that a block can be printed twice."""

    def __init__(self, nodelist: template.NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        """Keep the text and print nothing."""
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308 - rendered already
        return mark_safe("")


@register.tag
def capture(parser: template.base.Parser, token: template.base.Token) -> Capture:
    """Keep the enclosed text: `{% capture as heading %}…{% endcapture %}`."""
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return Capture(nodelist, token.split_contents()[-1])


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon as inline SVG; it is decoration, the words beside it say the same."""
    return mark_safe(  # noqa: S308 - only drawings of our own
        '<svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
        f'focusable="false">{ICONS[name]}</svg>'
    )


@register.inclusion_tag("ui/lamp.html")
def lamp(value: Any, label: str = "") -> dict[str, Any]:
    """Show a lamp as a chip with its word and shape."""
    colour = str(value or "none").lower()
    return {"colour": colour, "label": label or LAMPS.get(colour, LAMPS["none"])}


@register.inclusion_tag("ui/invented.html")
def invented() -> dict[str, Any]:
    """Mark invented data."""
    return {}


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", url: str = "", act: str = "") -> dict[str, Any]:
    """Say that there is nothing here, why, and what can be done."""
    return {"title": title, "text": text, "url": url, "act": act}


@register.inclusion_tag("ui/stat.html")
def stat(
    label: str,
    value: Any,
    url: str = "",
    trend: int | float | None = None,
    better: str = "down",
    note: str = "",
    colour: str = "",
) -> dict[str, Any]:
    """Show one number with its label and its change against the day before.

    `better` says which way is good ("down", "up" or ""), `colour` puts a lamp's shape before the number.
    """
    good = None if not trend or not better else (trend < 0) == (better == "down")
    return {
        "label": label,
        "value": value,
        "url": url,
        "trend": trend,
        "size": abs(trend) if trend is not None else None,
        "good": good,
        "note": note,
        "colour": str(colour),
    }


@register.inclusion_tag("ui/table.html")
def table(table: Table) -> dict[str, Any]:
    """Show a data table."""
    return {"table": table, "request": table.request}


@register.inclusion_tag("ui/filters.html", takes_context=True)
def filters(context: dict[str, Any], form: BaseForm) -> dict[str, Any]:
    """Show a form as the bar of filters above a table; it is sent by GET as soon as a choice changes."""
    return {"form": form, "request": context.get("request")}


@register.inclusion_tag("ui/form.html")
def form(form: BaseForm) -> dict[str, Any]:
    """Show a form's fields with a summary of errors; the `<form>` and its buttons are the page's own."""
    return {"form": form}


@register.inclusion_tag("ui/map.html")
def map(id: str, config: dict[str, Any]) -> dict[str, Any]:
    """Show a map panel with its legend and a table of its points."""
    return {"id": id, "config": config, "data": f"{id}-config"}


@register.inclusion_tag("ui/chart.html")
def chart(
    id: str, option: dict[str, Any], title: str, source: str = "", download: str = ""
) -> dict[str, Any]:
    """Show a chart; the title says the finding."""
    return {
        "id": id,
        "option": option,
        "title": title,
        "source": source,
        "download": download,
        "data": f"{id}-option",
    }


@register.inclusion_tag("ui/story.html")
def story(facts: Iterable[Any]) -> dict[str, Any]:
    """Tell the history of a subject, from the journal's facts."""
    return {"facts": facts}


@register.inclusion_tag("ui/photos.html")
def photos(evidence: Iterable[Any]) -> dict[str, Any]:
    """Show a strip of photos that opens into a viewer."""
    return {"photos": evidence}


@register.inclusion_tag("ui/progress.html")
def progress(url: str) -> dict[str, Any]:
    """Show a fragment that is fetched again until it no longer asks for it."""
    return {"url": url}


@register.simple_tag
def photo_url(sha256: str, size: str) -> str:
    """Return the address of a photo's file, or nothing when no store of evidence is installed."""
    try:
        return reverse("evidence:file", args=[sha256, size])
    except NoReverseMatch:
        return ""


@register.simple_tag
def page_link(table: Table, **changes: Any) -> str:
    """Return the address of another page or order of the table."""
    return table.link(**changes)
