"""The words of lamps and of the scripts, translated when a page is made; and words as the choices of a field."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LAMPS = {
    "blue": pgettext_lazy("lamp", "On time"),
    "yellow": pgettext_lazy("lamp", "Due soon"),
    "red": pgettext_lazy("lamp", "Late"),
    "none": pgettext_lazy("lamp", "No lamp"),
}
"""The word of each lamp; its shape is drawn by the style sheet, so that colour is never the only sign."""

WORDS = {
    **{f"lamp-{colour}": word for colour, word in LAMPS.items()},
    "close": _("Close"),
    "forbidden": _("You may not do this."),
    "gone": _("This is no longer here. Load the page again."),
    "slower": _("Too many requests. Wait a minute and try again."),
    "failed": _("The server could not do this. Try again; if it happens again, tell your administrator."),
    "offline": _("The server cannot be reached. Check the network and try again."),
    "unsent": _("{count} report(s) on this device have not been sent. Sign out and delete them?"),
    "map": _("Map"),
    "open": pgettext_lazy("act", "Open"),
    "noMap": _("This device cannot draw maps (no WebGL). The points are listed below."),
    "layerFailed": _("“{name}” could not be loaded."),
    "cut": _("{name}: only the newest {count} are drawn"),
    "showOnMap": _("Show on the map"),
    "pointsSeen": _("({count})"),
    "pointsMany": _("({count}, the first {most} are listed)"),
    "outside": _("Outside the region"),
    "locating": _("Finding your position…"),
    "noPosition": _("Your position is not available. Click the map instead."),
    "previous": _("Previous photo"),
    "next": _("Next photo"),
    "zoomIn": _("Zoom in"),
    "zoomOut": _("Zoom out"),
    "original": _("Original"),
    "photoOf": _("{place} of {total} · {name}"),
}
"""What the scripts say. Values in braces are filled in by the script."""


def choices_of(labels: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    """Return the labels as a model field takes its choices."""
    return [(str(value), label) for value, label in labels.items()]
