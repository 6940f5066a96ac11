"""How the acts on jobs and on the journal read in a story."""

from django.utils.translation import gettext_lazy as _

from tongqu.shared.ui.sentences import say


def make_known() -> None:
    """Tell the story component."""
    say(
        {
            "job.retried": _("{actor} queued the job {subject} again"),
            "job.discarded": _("{actor} discarded the job {subject}"),
            "job.stopped": _("{actor} stopped the job {subject}"),
            "journal.verification_asked": _("{actor} had the journal's chain checked"),
            "journal.exported": _("{actor} exported facts of the journal"),
        }
    )
