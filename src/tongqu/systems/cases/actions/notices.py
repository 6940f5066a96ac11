"""Tells reporters what became of their report: opened with the fact, sent by the worker, tried again, given up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.jobs.actions import enqueue
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.systems.cases.actions.contacts import add_contact, end_contact
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.notices import Contact, ReporterNotice
from tongqu.systems.cases.queries.notice_texts import notice_text
from tongqu.systems.cases.queries.notices import contacts_now
from tongqu.systems.cases.rules.notices import (
    EVENTS,
    MOST_NOTICES_A_DAY,
    CannotSend,
    Channel,
    Event,
    NoticeState,
    QuietHours,
    next_try,
)


def fact_told(fact: Fact) -> None:
    """Open a notice for every contact of the case: the subscriber of what happens to cases."""
    case = Case.objects.select_related("owner_unit").filter(pk=fact.subject_id).first()
    if case is None:
        return
    for contact in contacts_now(case):
        contact.case = case
        open_notice(contact, EVENTS[fact.verb], cause=str(fact.id), reason=_reason(fact), at=fact.at)


def _reason(fact: Fact) -> str:
    """Return what the desk wrote for the reporter; other notes are for colleagues."""
    return fact.note if EVENTS[fact.verb] == Event.REJECTED else ""


@acting
def open_notice(
    contact: Contact, event: Event, *, cause: str, reason: str = "", at: datetime
) -> ReporterNotice:
    """Write a notice and have the worker send it; the same cause is told once.

    One that is one too many within a day is written down and not sent.
    """
    written = notice_text(contact, event, reason)
    recent = contact.notices.filter(made_at__gt=at - timedelta(days=1)).exclude(state=NoticeState.DROPPED)
    is_flood = recent.count() >= MOST_NOTICES_A_DAY
    notice, is_new = ReporterNotice.objects.get_or_create(
        contact=contact,
        cause=cause,
        defaults={
            "case": contact.case,
            "event": event,
            "subject": written.subject[:150],
            "text": written.text,
            "state": NoticeState.DROPPED if is_flood else NoticeState.QUEUED,
            "trouble": f"> {MOST_NOTICES_A_DAY} / 24 h" if is_flood else "",
            "made_at": at,
            "due_at": _from_when(contact, at),
        },
    )
    if is_new and not is_flood:
        enqueue("cases.notice_send", number=notice.pk, run_after=notice.due_at)
    return notice


def _from_when(contact: Contact, at: datetime) -> datetime:
    quiet = QuietHours.parse(settings.SMS_QUIET) if contact.channel == Channel.SMS else None
    return quiet.until(at, settings.TIME_ZONE) if quiet is not None else at


@acting
def tell_from_now_on(
    case: Case, contacts: Iterable[tuple[Channel, str]], *, language: str, by: Actor, at: datetime
) -> None:
    """Tell a reporter that the report has come in, and from then on what becomes of it, by each of the ways.

    The report counts without them: an address that asked never to be written to, or that asks to be told of very
    many cases, is passed over, and so is a channel that is not set up.
    """
    for channel, address in contacts:
        try:
            contact = add_contact(case, channel, address, language=language, by=by, at=at)
        except BadInput:
            continue
        open_notice(contact, Event.REPORTED, cause="report", at=at)


def note_sent(notice: ReporterNotice, *, at: datetime) -> None:
    """Write down that a notice went out."""
    ReporterNotice.objects.filter(pk=notice.pk, state=NoticeState.QUEUED).update(
        state=NoticeState.SENT, sent_at=at, tries=notice.tries + 1, trouble=""
    )


@acting
def note_failure(notice: ReporterNotice, failure: CannotSend, *, at: datetime) -> None:
    """Write down that a notice did not go out, and have it tried again later, or give it up."""
    tries = notice.tries + 1
    again = None if failure.is_final else next_try(tries, at)
    state = NoticeState.FAILED if again is None else NoticeState.QUEUED
    waiting = ReporterNotice.objects.filter(pk=notice.pk, state=NoticeState.QUEUED, tries=notice.tries)
    changed = waiting.update(
        state=state,
        tries=tries,
        trouble=_without_address(failure.say, notice.contact)[:300],
        due_at=again or at,
    )
    if changed and again is not None:
        enqueue("cases.notice_send", number=notice.pk, run_after=again)
    if changed and failure.is_gone:
        end_contact(notice.contact, by=SYSTEM, at=at)


def _without_address(say: str, contact: Contact) -> str:
    """Return what the other side said with the address masked, which servers like to repeat."""
    return re.sub(re.escape(contact.address), lambda _match: contact.shown_address, say, flags=re.IGNORECASE)


@acting
def try_notice_again(notice: ReporterNotice, *, by: Actor, at: datetime) -> None:
    """Send a notice that was given up once more; raises `BadInput` when it was not given up."""
    rows = ReporterNotice.objects.filter(pk=notice.pk, state=NoticeState.FAILED, contact__ended_at=None)
    if not rows.update(state=NoticeState.QUEUED, tries=0, due_at=at):
        say = _("This notice was not given up, or nobody wants it any more.")
        raise BadInput([Problem(say, "not-failed")])
    enqueue("cases.notice_send", number=notice.pk)
    record("notice.tried_again", notice.reference, by=by, at=at, label=notice.case.number)
