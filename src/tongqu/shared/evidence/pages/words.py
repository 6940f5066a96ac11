"""How the facts of evidence read in a story."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongqu.shared.ui.sentences import say

SENTENCES = {
    "evidence.stored": _("{actor} brought in {subject}."),
    "evidence.shared": _("{actor} let another unit see {subject}."),
    "evidence.granted": _("{actor} granted a unit the sight of {subject}."),
    "evidence.revoked": _("{actor} ended a grant on {subject}."),
    "evidence.viewed": _("{actor} looked at {subject}."),
    "import.started": _("{actor} started the import {subject}."),
    "import.stopped": _("{actor} stopped the import {subject}."),
    "import.resumed": _("{actor} resumed the import {subject}."),
    "import.finished": _("The import {subject} is done."),
}


def make_known() -> None:
    """Tell the shared components how these facts read; called once at the start."""
    say(SENTENCES)
