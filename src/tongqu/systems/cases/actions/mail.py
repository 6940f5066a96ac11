"""Takes in letters (e-mail): each is one act, whatever becomes of it, and the place in the mailbox moves with it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.actions.storing import Kept, keep, register
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import act, acting, record
from tongqu.shared.journal.rules import Actor, NamedActor
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.actions.notices import tell_from_now_on
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.actions.steps import attach, let_owner_see
from tongqu.systems.cases.analytics.letters import read_letter
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.mail import LetterReceived, Mailbox
from tongqu.systems.cases.queries.answering import NobodyAnswers
from tongqu.systems.cases.queries.mail import case_meant, letters_of_late
from tongqu.systems.cases.rules.kinds import Purpose, Source
from tongqu.systems.cases.rules.mail import (
    MOST_LETTERS_AN_HOUR,
    Attached,
    Letter,
    Outcome,
    Why,
    bare_subject,
    letter_key,
    report_text,
)
from tongqu.systems.cases.rules.notices import Channel

MAIL = NamedActor("mail", "电子邮件")
"""Who reports what a letter holds; the key of each holds its sender."""
MOST_PHOTOS = 9
ORNAMENT_BYTES = 20_000
"""A picture within the text that is smaller than this is taken for a logo."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrived:
    """A letter as the server gave it; no bytes when it is too large to be fetched."""

    uid: int
    data: bytes | None


@dataclass
class _Verdict:
    """What becomes of a letter."""

    outcome: Outcome
    why: Why | None = None
    detail: str = ""
    case: Case | None = None
    text: str = ""


@dataclass
class _Read:
    """A letter that was read, with its photos standing in the store."""

    letter: Letter
    key: str
    photos: list[tuple[str, Kept]] = field(default_factory=list)
    left_out: list[list[str]] = field(default_factory=list)


def mailbox_named(name: str) -> Mailbox:
    """Return the row of a mailbox, made at the first sight of it."""
    return Mailbox.objects.get_or_create(name=name)[0]


@acting
def open_folder(mailbox: Mailbox, *, uid_validity: int, newest_uid: int) -> Mailbox:
    """Begin anew when the server has numbered its letters anew (UIDVALIDITY, RFC 3501 section 2.3.1.1)."""
    locked = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    if locked.uid_validity != uid_validity:
        locked.uid_validity, locked.begin_uid, locked.last_uid = uid_validity, newest_uid, 0
        locked.save()
    return locked


def note_look(mailbox: Mailbox, *, at: datetime, trouble: str = "") -> None:
    """Write down that the mailbox was looked into, or why it could not be."""
    changes = {"looked_at": at, "trouble": trouble[:300]}
    Mailbox.objects.filter(pk=mailbox.pk).update(**changes, **({} if trouble else {"fetched_at": at}))


def take_letter(
    mailbox: Mailbox, arrived: Arrived, *, at: datetime, ours: frozenset[str] = frozenset()
) -> LetterReceived:
    """Take in one letter and return what became of it; a letter that is known already stays as it is.

    What is wrong with the letter sets it aside. What is wrong with us (database, store, no region yet) is raised,
    and the letter comes again.
    """
    read = _read(arrived.data, ours)
    with act():
        locked = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
        known = locked.letters.filter(uid_validity=locked.uid_validity, uid=arrived.uid).first()
        if known is not None and not known.is_wanted_again:
            return known
        verdict = _judged(read, at) if isinstance(read, _Read) else read
        letter = _written(locked, arrived, read if isinstance(read, _Read) else None, verdict, known, at)
        if arrived.uid > max(locked.last_uid, locked.begin_uid):
            locked.last_uid = arrived.uid
            locked.save(update_fields=["last_uid"])
        return letter


def _read(data: bytes | None, ours: frozenset[str]) -> _Read | _Verdict:
    """Read the letter and put its photos into the store, or say why it cannot be read."""
    if data is None:
        return _Verdict(Outcome.PROBLEM, Why.TOO_LARGE)
    try:
        letter = read_letter(data, ours)
    except Exception as error:
        # The parser meets whatever the world sends; one letter must not hold up the others.
        log.exception("A letter could not be read")
        return _Verdict(Outcome.PROBLEM, Why.BROKEN, type(error).__name__)
    read = _Read(letter, letter_key(letter, data))
    if letter.automatic is None and letter.sender:
        _keep_photos(read, letter.pictures)
    return read


def _keep_photos(read: _Read, pictures: Sequence[Attached]) -> None:
    """Check each picture as the public form does; one that is refused is named, and the letter counts all the same."""
    for picture in pictures:
        if picture.is_inline and len(picture.data) < ORNAMENT_BYTES:
            continue
        if len(read.photos) == MOST_PHOTOS:
            say = _("Send at most %(most)s photos at once.") % {"most": MOST_PHOTOS}
            read.left_out.append([picture.name, say])
            continue
        try:
            read.photos.append((picture.name, keep(picture.data, name=picture.name)))
        except BadInput as refusal:
            read.left_out.append([picture.name, "; ".join(str(p.message) for p in refusal.problems)])
    say = _("Only photos are taken from letters. Ask the sender for this file.")
    read.left_out += [[name, say] for name in read.letter.other_files]


def _judged(read: _Read, at: datetime) -> _Verdict:
    """Decide what becomes of a letter that could be read, and do it."""
    letter = read.letter
    if letter.automatic is not None:
        return _Verdict(Outcome.IGNORED, letter.automatic)
    if not letter.sender:
        return _Verdict(Outcome.PROBLEM, Why.NO_SENDER)
    if not letter.text and not bare_subject(letter.subject) and not read.photos:
        return _Verdict(Outcome.IGNORED, Why.EMPTY)
    twin = Case.objects.filter(idempotency_key=f"{MAIL.actor_ref}:{read.key}").first()
    if twin is not None or _is_known_word(read):
        return _Verdict(Outcome.KNOWN, case=twin)
    try:
        with act():
            return _done(read, at)
    except NobodyAnswers:
        raise
    except BadInput as refusal:
        return _Verdict(Outcome.PROBLEM, Why.REFUSED, str(refusal))
    except (DatabaseError, OSError):
        raise
    except Exception as error:
        log.exception("A letter could not be taken in")
        return _Verdict(Outcome.PROBLEM, Why.BROKEN, type(error).__name__)


def _is_known_word(read: _Read) -> bool:
    """Answer whether the same letter was put to a case before."""
    letter = read.letter
    rows = LetterReceived.objects.filter(outcome=Outcome.WORD, message_id=letter.message_id)
    return bool(letter.message_id) and rows.filter(sender__iexact=letter.sender).exists()


def _done(read: _Read, at: datetime) -> _Verdict:
    letter = read.letter
    meant = case_meant(letter)
    if meant is not None and meant.is_open:
        _add_word(meant, read, at=at)
        return _Verdict(Outcome.WORD, case=meant, text=report_text(letter, _("(only photos)")))
    if letters_of_late(letter.sender, at) >= MOST_LETTERS_AN_HOUR:
        return _Verdict(Outcome.PROBLEM, Why.TOO_MANY)
    return _Verdict(Outcome.CASE, case=_new_case(read, meant, at=at))


def _new_case(read: _Read, before: Case | None, *, at: datetime) -> Case:
    """Report what the letter says; one that speaks of an ended case names it, and is about the same place and matter."""
    letter = read.letter
    text = report_text(letter, _("(only photos)"))
    if before is not None:
        text = _("(on the ended case %(number)s)") % {"number": before.number} + "\n" + text
    case = report(
        text=text[:5000],
        title=bare_subject(letter.subject),
        at=at,
        by=MAIL,
        source=Source.EMAIL,
        division_code=before.division.code if before is not None and before.division else "",
        matter_code=before.matter.code if before and before.matter and before.matter.is_active else "",
        place_text=before.place_text if before is not None else "",
        evidence=_registered(read, at=at),
        reporter_name=letter.sender_name,
        idempotency_key=read.key,
    )
    contacts = [(Channel.EMAIL, letter.sender)]
    tell_from_now_on(case, contacts, language=settings.LANGUAGE_CODE, by=MAIL, at=at)
    return case


def _registered(read: _Read, *, at: datetime) -> list[Evidence]:
    return [register(kept, by=MAIL, at=at, unit=None, source="mail").evidence for _name, kept in read.photos]


def _add_word(case: Case, read: _Read, *, at: datetime) -> None:
    """Put the letter's photos to the case and record that its reporter wrote again."""
    photos = _registered(read, at=at)
    attach(case, photos, Purpose.REPORT, at=at)
    let_owner_see(case, by=MAIL, at=at)
    record_of(
        case,
        "case.word_added",
        by=MAIL,
        at=at,
        evidence=[photo.sha256 for photo in photos],
    )


def _written(
    mailbox: Mailbox,
    arrived: Arrived,
    read: _Read | None,
    verdict: _Verdict,
    known: LetterReceived | None,
    at: datetime,
) -> LetterReceived:
    """Write down what became of the letter."""
    row = known or LetterReceived(mailbox=mailbox, uid_validity=mailbox.uid_validity, uid=arrived.uid)
    if read is not None:
        row.message_id, row.sender = read.letter.message_id, read.letter.sender
        row.sent_at, row.left_out = read.letter.sent_at, read.left_out
    row.taken_at, row.is_wanted_again = at, False
    row.outcome, row.why = verdict.outcome, verdict.why or ""
    row.detail, row.case, row.text = verdict.detail[:500], verdict.case, verdict.text
    row.save()
    return row


@acting
def try_letter_again(letter: LetterReceived, *, by: Actor, at: datetime) -> None:
    """Have a letter that was set aside fetched once more."""
    _settle(letter, "mail.letter_tried_again", by=by, at=at, is_wanted_again=True)


@acting
def settle_letter(letter: LetterReceived, *, by: Actor, at: datetime) -> None:
    """Say that a letter that was set aside has been dealt with by hand."""
    _settle(letter, "mail.letter_settled", by=by, at=at, settled_at=at)


def _settle(letter: LetterReceived, verb: str, *, by: Actor, at: datetime, **changes: object) -> None:
    rows = LetterReceived.objects.filter(pk=letter.pk, outcome=Outcome.PROBLEM, settled_at=None)
    if not rows.update(**changes):
        raise BadInput([Problem(_("This letter is not set aside any more."), code="settled")])
    record(verb, letter.subject, by=by, at=at, label=str(letter.uid))
