"""Fetches reports from the mailbox that the settings name."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import progress, register, register_schedule
from tongqu.shared.jobs.rules import JobContext, JobSpec
from tongqu.systems.cases.actions.mail import Arrived, mailbox_named, note_look, open_folder, take_letter
from tongqu.systems.cases.jobs.imap import Folder, MailTrouble, opened
from tongqu.systems.cases.models.mail import Mailbox
from tongqu.systems.cases.queries.mail import uids_to_read
from tongqu.systems.cases.rules.mail import Outcome
from tongqu.systems.cases.rules.mailbox import BadMailbox, MailboxAddress, mailbox_of

EVERY = timedelta(minutes=2)
UNREADABLE = "TONGQU_IMAP_URL"
Report = Callable[[int, int], None]
log = logging.getLogger(__name__)


def fetch(context: JobContext) -> None:
    """Take in what came since the last time; trouble with the server is written down, not raised."""
    reporter = progress(context.job_id)
    try:
        address = mailbox_of(settings.IMAP_URL, settings.IMAP_PASSWORD)
    except BadMailbox as wrong:
        note_look(mailbox_named(UNREADABLE), at=now(), trouble=str(wrong))
        return
    fetch_from(address, clock=now, tell=reporter.report)


def fetch_from(address: MailboxAddress, *, clock: Callable[[], datetime], tell: Report) -> None:
    """Read the folder to its end. It may be stopped at any letter and goes on from there.

    1. Which letters: decided by their UIDs, so that somebody who reads along in the mailbox changes nothing.
    2. Each letter is fetched without being marked, taken in as one act together with its UID, then marked.
    3. Killed before the act's end: the letter comes again. Killed after it: its UID is known.
    """
    mailbox = mailbox_named(address.name)
    try:
        with opened(address) as folder:
            mailbox = open_folder(mailbox, uid_validity=folder.uid_validity, newest_uid=folder.newest_uid)
            _read_all(mailbox, folder, address, clock, tell)
    except MailTrouble as trouble:
        log.warning("Mailbox %s: %s", address.name, trouble)
        note_look(mailbox, at=clock(), trouble=str(trouble))
        return
    note_look(mailbox, at=clock())


def _read_all(
    mailbox: Mailbox, folder: Folder, address: MailboxAddress, clock: Callable[[], datetime], tell: Report
) -> None:
    since = max(mailbox.last_uid, mailbox.begin_uid) + 1
    uids = uids_to_read(mailbox, folder.uids("UNSEEN"), folder.uids(f"UID {since}:*"))
    for done, uid in enumerate(uids):
        tell(done, len(uids))
        size = folder.size(uid)
        data = folder.letter(uid) if size is not None and size <= settings.IMAP_LARGEST_BYTES else None
        if size is None or (data is None and size <= settings.IMAP_LARGEST_BYTES):
            continue  # Somebody deleted it meanwhile.
        taken = take_letter(mailbox, Arrived(uid, data), at=clock(), ours=_ours(address))
        folder.mark(uid, "\\Seen", *(["\\Flagged"] if taken.outcome == Outcome.PROBLEM else []))


def _ours(address: MailboxAddress) -> frozenset[str]:
    """Return the addresses from which letters are our own, so that no loop can begin."""
    user = address.user if "@" in address.user else f"{address.user}@{address.host}"
    return frozenset({user.lower(), parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()} - {""})


register(JobSpec("cases.mail_fetch", fetch, most_attempts=1))
if settings.IMAP_URL:
    register_schedule("cases.mail_fetch", job="cases.mail_fetch", every=EVERY)
