"""Replies of a case, what everybody may read of them, and how good a text is as a reply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.reply import Reply
from tongqu.systems.cases.queries.answering import parties_of
from tongqu.systems.cases.rules.lifecycle import Party
from tongqu.systems.cases.rules.reply_quality import Quality, quality_of
from tongqu.systems.cases.rules.reply_reading import masked

WRITERS = frozenset({Party.DESK, Party.OWNER})
"""Who replies: the desk of the place and the handling unit."""


@dataclass(frozen=True)
class PublicReply:
    """A reply as everybody may read it."""

    at: datetime
    unit: str
    text: str


def may_reply(actor: Actor, case: Case) -> bool:
    """Answer whether the actor may write to the reporter of this case."""
    return bool(parties_of(actor, case) & WRITERS)


def message_of(case: Case) -> str:
    """Return what was reported, as a reply is compared with it: title, text and the words for the place."""
    return "。".join(part for part in (case.title, case.text, case.place_text) if part)


def particulars_of(case: Case) -> tuple[str, ...]:
    """Return what must not stand in a reply, because everybody who has the tracking code can read it."""
    return tuple(text for text in (case.reporter_name, case.reporter_phone) if text)


def score(case: Case, text: str) -> Quality:
    """Return how good the text is as a reply to the report."""
    return quality_of(message_of(case), text, private=particulars_of(case))


def is_low(quality: Quality) -> bool:
    """Answer whether a reply so scored goes out only with a reason."""
    return quality.overall < settings.REPLY_THRESHOLD


def replies_of(case: Case) -> list[Reply]:
    """Return the replies of a case, the draft last."""
    return list(case.replies.select_related("written_by", "unit"))


def public_replies(replies: Iterable[Reply], case: Case) -> list[PublicReply]:
    """Return the sent ones as everybody may read them: numbers of persons and the reporter's name starred."""
    known = particulars_of(case)
    return [
        PublicReply(reply.sent_at, reply.unit.name if reply.unit else "", masked(reply.text, known))
        for reply in replies
        if reply.sent_at is not None
    ]


def replies_to(code: str) -> list[PublicReply]:
    """Return the replies to the report with this tracking code."""
    case = Case.objects.filter(tracking_code=code.strip().upper()).first()
    return public_replies(replies_of(case), case) if case is not None else []
