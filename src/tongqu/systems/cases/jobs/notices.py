"""Sends what reporters are to be told, and forgets the addresses of cases that ended long ago."""

from datetime import timedelta

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import enqueue, register, register_schedule
from tongqu.shared.jobs.rules import JobSpec
from tongqu.systems.cases.actions.contacts import forget_addresses
from tongqu.systems.cases.actions.notices import note_failure, note_sent
from tongqu.systems.cases.jobs.senders import SENDERS
from tongqu.systems.cases.models.notices import ReporterNotice
from tongqu.systems.cases.queries.notices import offered
from tongqu.systems.cases.rules.notices import CannotSend, Channel, NoticeState

EARLY = timedelta(minutes=1)
"""A job may come a little before the time of its notice."""


def send(number: int) -> None:
    """Send one notice, at least once: killed between sending and writing that down, it is sent again under its key."""
    notice = ReporterNotice.objects.select_related("contact", "case").filter(pk=number).first()
    at = now()
    if notice is None or notice.state != NoticeState.QUEUED:
        return
    if notice.due_at > at + EARLY:
        enqueue("cases.notice_send", number=notice.pk, run_after=notice.due_at)
        return
    channel = Channel(notice.contact.channel)
    try:
        if channel not in offered():
            raise CannotSend("This channel is not set up any more.", is_final=True)
        SENDERS[channel](notice, at)
    except CannotSend as failure:
        note_failure(notice, failure, at=at)
        return
    note_sent(notice, at=now())


def tidy() -> None:
    """Forget old addresses."""
    forget_addresses(now())


register(JobSpec("cases.notice_send", send, most_s=120))
register(JobSpec("cases.notices_tidy", tidy, priority=-50))
register_schedule("cases.notices_tidy", job="cases.notices_tidy", cron="50 3 * * *")
