"""How the facts of the time axis read in a story."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongqu.shared.ui.sentences import say

SENTENCES = {
    "view.made": _("The ground that the photo {subject} shows was worked out."),
    "view.refused": _("The photo {subject} does not say which ground it shows."),
    "view.corrected": _("{actor} corrected which ground the photo {subject} shows."),
    "change.confirmed": _("{actor} confirmed the change of the ground at {subject}."),
    "change.set_aside": _("{actor} set the change of the ground at {subject} aside: it is none."),
    "change.case_opened": _("{actor} opened a case of the change of the ground at {subject}."),
    "stack.exported": _("{actor} exported the photos of the place {subject}."),
}


def make_known() -> None:
    """Tell the shared components how these facts read; called once at the start."""
    say(SENTENCES)
