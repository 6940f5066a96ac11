"""Which case a letter speaks of, how far the mailbox is read, and what became of its letters."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.mail import LetterReceived, Mailbox
from tongqu.systems.cases.models.notices import ReporterNotice
from tongqu.systems.cases.rules.mail import NOTICE_ID, Letter, Outcome, codes_in, numbers_in
from tongqu.systems.cases.rules.naming import id_in_number

COUNTED_FOR = timedelta(days=30)


def case_meant(letter: Letter) -> Case | None:
    """Return the case that a letter answers to or names, or None.

    A tracking code is proof enough, for only the reporter has it. An answer to an earlier letter, or a number
    of a case, which anybody could guess, count only from an address that wrote about this case before.
    """
    words = f"{letter.subject}\n{letter.text}"
    answered_notice = _notice_answered(letter)
    if answered_notice is not None:
        return answered_notice
    coded = Case.objects.filter(tracking_code__in=codes_in(words)[:20]).order_by("pk").first()
    if coded is not None:
        return coded
    mine = LetterReceived.objects.filter(sender__iexact=letter.sender, case__isnull=False)
    answered = mine.filter(message_id__in=letter.references[:50]).exclude(message_id="")
    numbers = numbers_in(words)[:20]
    numbered = mine.filter(case_id__in=[id_in_number(number) for number in numbers])
    for found in (*answered.select_related("case"), *numbered.select_related("case")):
        if found.case is not None and (found.message_id in letter.references or found.case.number in numbers):
            return found.case
    return None


def _notice_answered(letter: Letter) -> Case | None:
    """Return the case of the notice that a letter answers: nobody else knows the number of one."""
    keys = [UUID(match[1]) for ref in letter.references[:50] if (match := NOTICE_ID.match(ref))]
    notice = ReporterNotice.objects.filter(key__in=keys).select_related("case").first()
    return notice.case if notice is not None else None


def letters_of_late(sender: str, at: datetime) -> int:
    """Return how many cases a sender's letters made in the hour before."""
    since = at - timedelta(hours=1)
    rows = LetterReceived.objects.filter(sender=sender, taken_at__gt=since, outcome=Outcome.CASE)
    return rows.count()


def uids_to_read(mailbox: Mailbox, unseen: list[int], all_uids: list[int]) -> list[int]:
    """Return which letters are to be read, in their order.

    All that came since the folder was first seen, of those from before it the unread ones, and those that an
    administrator wants tried again. Letters that are known already are left out.
    """
    again = mailbox.letters.filter(uid_validity=mailbox.uid_validity, is_wanted_again=True)
    newer = {uid for uid in all_uids if uid > max(mailbox.last_uid, mailbox.begin_uid)}
    older = {uid for uid in unseen if uid <= mailbox.begin_uid}
    known = mailbox.letters.filter(uid_validity=mailbox.uid_validity, uid__in=older).values_list(
        "uid", flat=True
    )
    return sorted((newer | older - set(known)) | set(again.values_list("uid", flat=True)))


def counts_by_outcome(mailbox: Mailbox, at: datetime) -> dict[Outcome, int]:
    """Return how many letters of the last 30 days became what."""
    rows = mailbox.letters.filter(taken_at__gt=at - COUNTED_FOR).order_by().values_list("outcome")
    found = {Outcome(outcome): count for outcome, count in rows.annotate(Count("pk"))}
    return {outcome: found.get(outcome, 0) for outcome in Outcome}


def set_aside(mailbox: Mailbox) -> QuerySet[LetterReceived]:
    """Return the letters that somebody must look at, the newest first."""
    return mailbox.letters.filter(Q(outcome=Outcome.PROBLEM), settled_at=None)


def latest_letters(mailbox: Mailbox, most: int = 50) -> QuerySet[LetterReceived]:
    """Return what became of the latest letters."""
    return mailbox.letters.select_related("case")[:most]
