"""The link by which pages about a place, such as that of a case, lead to its photos."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongqu.shared.ui.places import PlaceLink, offer

_NEAR = 19.0


def make_known() -> None:
    """Offer the link; called once at the start."""
    offer(PlaceLink("timeline:show", _("All photos of this place"), "layers", _NEAR))
