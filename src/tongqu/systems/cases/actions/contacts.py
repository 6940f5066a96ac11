"""Notes how reporters want to be told, and that they do not want it any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.analytics.webpush import are_keys
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.notices import Contact, ReporterNotice, SilencedAddress
from tongqu.systems.cases.queries.notices import address_digest, contacts_now, is_silenced, offered
from tongqu.systems.cases.rules.notices import (
    KEPT_FOR,
    MOST_CASES_A_DAY,
    MOST_CONTACTS,
    Channel,
    NoticeState,
    is_push_service,
    plain_email,
    plain_phone,
)


@acting
def add_contact(
    case: Case,
    channel: Channel,
    address: str,
    *,
    keys: Mapping[str, str] | None = None,
    language: str,
    by: Actor,
    at: datetime,
) -> Contact:
    """Note that the reporter of a case wants to be told by this channel at this address; the same again adds nothing.

    Raises `BadInput` for a channel that is not set up, an address that is none, one that asked never to be written
    to, too many in this case, or too many cases of one address within a day.
    """
    plain = _plain(channel, address, keys or {})
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    known = case.contacts.filter(channel=channel, address=plain).first()
    if known is not None and known.ended_at is None:
        return known
    _check_limits(case, channel, plain, at)
    contact = known or Contact(case=case, channel=channel, address=plain)
    contact.keys, contact.language = dict(keys or {}), language
    contact.agreed_at, contact.ended_at = at, None
    contact.save()
    _tell("case.contact_added", contact, by=by, at=at)
    return contact


def _plain(channel: Channel, address: str, keys: Mapping[str, str]) -> str:
    """Return the address as it is kept, or refuse it."""
    if channel not in offered():
        raise BadInput(
            [Problem(_("This kind of notice is not offered here."), "not-offered", field="channel")]
        )
    if channel == Channel.EMAIL:
        plain, say = plain_email(address), _("This is no e-mail address. Write it as name@example.cn.")
    elif channel == Channel.SMS:
        plain, say = plain_phone(address), _("Write the number with digits only, such as 13812341234.")
    else:
        fits = is_push_service(address, settings.PUSH_HOSTS) and are_keys(
            keys.get("p256dh", ""), keys.get("auth", "")
        )
        plain, say = (
            (address if fits else None),
            _("This browser's notices go through a service not known here."),
        )
    if plain is None:
        raise BadInput([Problem(say, "no-address", field="address")])
    return plain


def _check_limits(case: Case, channel: Channel, address: str, at: datetime) -> None:
    if is_silenced(channel, address):
        say = _("This address asked never to be written to.")
        raise BadInput([Problem(say, "silenced", field="address")])
    of_address = Contact.objects.filter(
        channel=channel, address=address, agreed_at__gt=at - timedelta(days=1)
    )
    if contacts_now(case).count() >= MOST_CONTACTS or of_address.count() >= MOST_CASES_A_DAY:
        say = _("Too many notices were asked for. Follow the report with its tracking code instead.")
        raise BadInput([Problem(say, "too-many", field="address")])


@acting
def end_contact(contact: Contact, *, by: Actor, at: datetime) -> None:
    """End the notices of a contact; what is still on its way is not sent. Twice is once."""
    if Contact.objects.filter(pk=contact.pk, ended_at=None).update(ended_at=at):
        waiting = ReporterNotice.objects.filter(contact=contact, state=NoticeState.QUEUED)
        waiting.update(state=NoticeState.DROPPED)
        _tell("case.contact_ended", contact, by=by, at=at)


@acting
def silence(contact: Contact, *, by: Actor, at: datetime) -> None:
    """End all notices to the contact's address, in every case and for good."""
    digest = address_digest(contact.channel, contact.address)
    SilencedAddress.objects.get_or_create(digest=digest, defaults={"since": at})
    same = Contact.objects.filter(channel=contact.channel, address__iexact=contact.address, ended_at=None)
    for each in same.select_related("case"):
        end_contact(each, by=by, at=at)


def _tell(verb: str, contact: Contact, *, by: Actor, at: datetime) -> None:
    """Record the act; the address stays out of the journal."""
    case = contact.case
    record_of(
        case,
        verb,
        by=by,
        at=at,
        after={"channel": contact.channel},
    )


def forget_addresses(at: datetime) -> int:
    """Delete the addresses in cases that ended half a year ago; returns how many."""
    old = Contact.objects.filter(case__closed_at__lt=at - KEPT_FOR).exclude(address="")
    return old.update(address="", keys={}, ended_at=at)
