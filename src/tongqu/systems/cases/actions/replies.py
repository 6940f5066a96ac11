"""Writes replies (答复) to reporters: kept as a draft, then sent; a low score needs a reason."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting
from tongqu.shared.region.models import Person, Unit
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.actions.steps import required
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.reply import Reply
from tongqu.systems.cases.queries.answering import parties_of
from tongqu.systems.cases.queries.replies import is_low, may_reply, particulars_of, score
from tongqu.systems.cases.rules.lifecycle import Party
from tongqu.systems.cases.rules.reply_quality import Quality
from tongqu.systems.cases.rules.reply_reading import masked


@acting
def draft_reply(case: Case, *, text: str, by: Person, at: datetime) -> Reply:
    """Keep a text as the draft of the next reply, with its score; raises `NotAllowed` for those who may not reply."""
    locked = _locked(case, by)
    clean = required(text, "text")
    reply = _kept(locked, clean, score(locked, clean), by=by, at=at)
    _record("case.reply_drafted", reply, by=by, at=at)
    return reply


@acting
def reply(
    case: Case, *, text: str, by: Person, at: datetime, why_sent: str = "", expected: int | None = None
) -> Reply:
    """Send a reply to the reporter: it stands on the tracking page from then on.

    `expected` is the version that the writer saw as the next one. Raises `BadInput` when personal data or blanks stand in
    the text, or when its score is below the threshold and `why_sent` gives no reason; `NotAllowed` for those who may not.
    """
    locked = _locked(case, by)
    clean, reason = required(text, "text"), why_sent.strip()[:500]
    quality = score(locked, clean)
    _check(quality, reason)
    sent = _kept(locked, clean, quality, by=by, at=at, expected=expected)
    sent.sent_at, sent.why_sent = at, reason if is_low(quality) else ""
    sent.save(update_fields=["sent_at", "why_sent"])
    _record("case.replied", sent, by=by, at=at, note=masked(clean, particulars_of(locked)))
    return sent


def _locked(case: Case, by: Person) -> Case:
    """Lock the case, so that two who write at once do not make two of the same version."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("owner_unit").get(pk=case.pk)
    if not may_reply(by, locked):
        raise NotAllowed(_("Only the desk and the handling unit reply to the reporter."))
    return locked


def _check(quality: Quality, reason: str) -> None:
    if quality.is_blocked:
        say = _("Personal data or blanks stand in the reply: see what is marked, and take it out.")
        raise BadInput([Problem(say, code="blocked", field="text")])
    if is_low(quality) and not reason:
        say = _("The reply scores %(score)s. Complete it, or say why it goes out like this.")
        raise BadInput([Problem(say % {"score": quality.overall}, code="low-score", field="why_sent")])


def _kept(
    case: Case, text: str, quality: Quality, *, by: Person, at: datetime, expected: int | None = None
) -> Reply:
    """Write the text into the draft of the case, or into a new one."""
    draft = case.replies.filter(sent_at=None).first()
    last = case.replies.aggregate(last=Max("version"))["last"] or 0
    version = draft.version if draft else last + 1
    if expected not in (None, version):
        say = _("Somebody else has replied meanwhile. Read that reply first, then send yours.")
        raise BadInput([Problem(say, code="stale", field="text")])
    reply = draft or Reply(case=case, version=version)
    reply.text, reply.written_by, reply.written_at, reply.unit = text, by, at, _unit(case, by)
    for name in ("overall", "relevance", "completeness", "reasons", "tone"):
        setattr(reply, name, getattr(quality, name))
    reply.missing = [[str(each.lack), each.words] for each in quality.missing]
    reply.save()
    return reply


def _unit(case: Case, by: Person) -> Unit | None:
    """Return the unit in whose name the person replies: the handling one, else that of the person's posting."""
    if Party.OWNER in parties_of(by, case):
        return case.owner_unit
    return next((posting.unit for posting in by.postings_now), None)


def _record(verb: str, reply: Reply, *, by: Person, at: datetime, note: str = "") -> None:
    case = reply.case
    record_of(
        case,
        verb,
        by=by,
        at=at,
        after={
            "version": reply.version,
            "score": reply.overall,
            **({"why_sent": reply.why_sent} if reply.why_sent else {}),
        },
        note=note,
    )
