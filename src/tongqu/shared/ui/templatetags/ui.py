"""The components that every page uses: `{% load ui %}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext, to_locale

from tongqu.shared.ui.charts import rows_of
from tongqu.shared.ui.icons import ICONS
from tongqu.shared.ui.photos import file_url, photo_card
from tongqu.shared.ui.places import links_at
from tongqu.shared.ui.sentences import tell
from tongqu.shared.ui.table import Table, lamp_chip
from tongqu.shared.ui.words import WORDS

register = template.Library()


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


register.simple_tag(lamp_chip, name="lamp")


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
def filters(context: dict[str, Any], form: BaseForm, **keep: str) -> dict[str, Any]:
    """Show a form as the bar of filters above a table, sent by GET.

    A form that names `first_fields` and `more_fields` folds the latter away, until one of them is in use (`has_more`).
    What is to `keep` in the address, such as the chosen tab, is sent along and survives clearing.
    """
    request = context.get("request")
    kept = f"?{urlencode(keep)}" if keep else ""
    return {
        "form": form,
        "request": request,
        "keep": keep,
        "clear": f"{request.path if request else ''}{kept}",
    }


@register.inclusion_tag("ui/form.html")
def form(form: BaseForm) -> dict[str, Any]:
    """Show a form's fields with a summary of errors; the `<form>` and its buttons are the page's own."""
    return {"form": form}


@register.inclusion_tag("ui/map.html")
def map(id: str, config: dict[str, Any]) -> dict[str, Any]:
    """Show a map panel with its legend, its layer switch and a table of its points.

    `config`: `layers` (each `kind` outlines, cases, photos, points, counts or heat; `url` or `data`; `label`; `level` of
    outlines; `on`, `live`, `bbox`), `center` and `zoom`, or `focus` with the
    code of a division (else everything is shown), `fit`, `tall`, `label`, and
    `pick` with the names of the two inputs that take the place chosen.
    """
    layers = config.get("layers", [])
    kinds = {layer["kind"] for layer in layers}
    return {
        "id": id,
        "config": config,
        "data": f"{id}-config",
        "layers": layers,
        "has_lamps": bool(kinds & {"cases", "counts"}) or any(layer.get("lamps") for layer in layers),
        "has_photos": "photos" in kinds,
        "has_outlines": "outlines" in kinds,
        "has_points": bool(kinds - {"outlines", "counts", "heat"}),
    }


@register.inclusion_tag("ui/chart.html")
def chart(
    id: str,
    option: dict[str, Any],
    title: str,
    source: str = "",
    download: str = "",
    table: str = "",
    stamp: str = "",
) -> dict[str, Any]:
    """Show a chart, with its numbers as a table for screen readers and for CSV.

    The title says the finding. `option` is an option of ECharts; a colour is written as a token (`"$lamp-red"`). What ECharts does not
    know stands in `option["tongqu"]`: `height` in pixels, `map` (`name` and `url` of GeoJSON), `keys` of the categories, `tips`. A
    point with a `url`, or in a series with a `way` that its key completes, opens that page. `table` is the id of a table on the page
    that holds the numbers already; the `stamp` is written on pictures taken away.
    """
    return {
        "table": table,
        "stamp": stamp,
        "height": option.get("tongqu", {}).get("height"),
        "id": id,
        "option": option,
        "title": title,
        "source": source,
        "download": download,
        "data": f"{id}-option",
        "rows": [] if table else rows_of(option),
    }


@register.inclusion_tag("ui/story.html")
def story(facts: Iterable[Any]) -> dict[str, Any]:
    """Tell the history of a subject, from the journal's facts."""
    return {"entries": [tell(fact) for fact in facts]}


@register.inclusion_tag("ui/photos.html")
def photos(evidence: Iterable[Any]) -> dict[str, Any]:
    """Show photos that open into a viewer."""
    return {"cards": [photo_card(item) for item in evidence]}


@register.inclusion_tag("ui/place_links.html")
def place_links(lon: float | None, lat: float | None, **about: str) -> dict[str, Any]:
    """Show what other systems have of a place: `{% place_links lon lat case=number %}`; nothing without a place."""
    return {"links": [] if lon is None or lat is None else links_at(lon, lat, **about)}


@register.inclusion_tag("ui/progress.html")
def progress(url: str, share: float | None = None, text: str = "") -> dict[str, Any]:
    """Show a fragment that is fetched every second, until its page answers with status 286."""
    return {"url": url, "share": share, "text": text}


@register.inclusion_tag("ui/bar.html")
def bar(share: float | None = None, text: str = "") -> dict[str, Any]:
    """Show how far something is, as a fragment for `{% progress %}`."""
    return {"share": share, "text": text}


@register.simple_tag
def photo_url(sha256: str, size: str) -> str:
    """Return the address of a photo's file."""
    return file_url(sha256, size)


@register.simple_tag
def share(value: float) -> str:
    """Print a share of one as a percentage."""
    return f"{value:.0%}"


@register.simple_tag
def shell_words() -> SafeString:
    """Hand the words of the scripts to the page, in the reader's language."""
    return json_script({key: str(word) for key, word in WORDS.items()}, "ui-words")


@register.filter
def html_lang(code: str) -> str:
    """Return the language as HTML writes it: `zh-hans` is `zh-Hans`."""
    return to_locale(code).replace("_", "-")


@register.filter
def with_colon(label: Any) -> str:
    """Return a label with a colon after it; a question keeps its mark alone."""
    text = str(label)
    return f"{text} " if text.endswith(("?", "？")) else text + pgettext("after a label", ": ")


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether a field is a single box to tick, which stands before its label."""
    return isinstance(field.field.widget, CheckboxInput)
