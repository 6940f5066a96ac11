"""What a reporter reads in a notice: one sentence, the way to follow the case, the way out; nobody's personal data."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.notices import Contact
from tongqu.systems.cases.rules.notices import Channel, Event

_SALT = "cases.notices.off"
LONGEST_REASON = 500


@dataclass(frozen=True)
class NoticeText:
    """Subject and text of a notice."""

    subject: str
    text: str


def notice_text(contact: Contact, event: Event, reason: str = "") -> NoticeText:
    """Return what the contact reads of the event, in the contact's language.

    `reason` is what the desk wrote for the reporter; it is left out of text messages, which others may see.
    """
    case = contact.case
    with translation.override(contact.language):
        sentence = _sentence(event, case)
        subject = _("Your report %(number)s [%(code)s]") % {
            "number": case.number,
            "code": case.tracking_code,
        }
        if contact.channel != Channel.EMAIL:
            return NoticeText(subject, f"{sentence} {track_url(case)}")
        why = _("Reason: %(reason)s") % {"reason": reason[:LONGEST_REASON]} if reason else ""
        follow = _("Follow it here: %(url)s") % {"url": track_url(case)}
        stop = _("No more notices: %(url)s") % {"url": off_url(contact)}
        answer = _("This letter was written by a program. Answer it to add something to your report.")
        foot = "\n".join(["-- ", *([answer] if settings.IMAP_URL else []), stop])
        parts = [sentence, why, follow, foot]
        return NoticeText(f"{subject} {_short(event)}", "\n\n".join(filter(None, parts)))


def _sentence(event: Event, case: Case) -> str:
    """Return what happened, as a sentence to the reporter."""
    says = {
        Event.REPORTED: _("Your report %(number)s has come in. Your tracking code is %(code)s."),
        Event.ACCEPTED: _("Your report %(number)s was accepted."),
        Event.REJECTED: _("Your report %(number)s could not be accepted."),
        Event.DISPATCHED: _("Your report %(number)s was sent to %(unit)s, which handles it."),
        Event.HANDLED: _("The work on your report %(number)s is reported as done; it is being checked."),
        Event.CLOSED: _("The work on your report %(number)s was checked and found done; the case is closed."),
        Event.REOPENED: _("Your report %(number)s was opened again."),
        Event.JOINED: _(
            "Your report %(number)s was joined to another about the same thing; both go on together."
        ),
        Event.REPLIED: _("There is a reply to your report %(number)s. Read it with your tracking code."),
    }
    unit = case.owner_unit.name if case.owner_unit else _("the unit in charge")
    return says[event] % {"number": case.number, "code": case.tracking_code, "unit": unit}


def _short(event: Event) -> str:
    says = {
        Event.REPORTED: _("has come in"),
        Event.ACCEPTED: _("was accepted"),
        Event.REJECTED: _("was not accepted"),
        Event.DISPATCHED: _("was sent to a unit"),
        Event.HANDLED: _("is reported as done"),
        Event.CLOSED: _("is closed"),
        Event.REOPENED: _("was opened again"),
        Event.JOINED: _("was joined to another"),
        Event.REPLIED: _("has a reply"),
    }
    return says[event]


def track_url(case: Case) -> str:
    """Return the whole address of the page that follows the case."""
    return settings.PUBLIC_URL + reverse("cases:track", args=[case.tracking_code])


def off_url(contact: Contact) -> str:
    """Return the whole address at which a contact ends its notices without a login."""
    return settings.PUBLIC_URL + reverse("cases:notices-off", args=[off_token(contact)])


def off_token(contact: Contact) -> str:
    """Return the signed mark of a contact."""
    return signing.Signer(salt=_SALT).sign(str(contact.pk))


def contact_of(token: str) -> Contact | None:
    """Return the contact that a mark was signed for, or None."""
    try:
        number = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
    return Contact.objects.select_related("case").filter(pk=number).first()
