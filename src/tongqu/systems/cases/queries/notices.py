"""Which channels are set up, who is to be told, and how the notices stand."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, QuerySet

from tongqu.systems.cases.analytics.webpush import BadKey, public_key
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.notices import Contact, ReporterNotice, SilencedAddress
from tongqu.systems.cases.rules.notices import Channel, NoticeState, QuietHours

COUNTED_FOR = timedelta(days=7)


@dataclass(frozen=True)
class ChannelState:
    """Whether a channel is offered, and if not, what is missing or wrong in the settings."""

    channel: Channel
    trouble: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether reporters may choose it."""
        return not self.trouble


def channel_states() -> list[ChannelState]:
    """Return how each channel stands by the settings."""
    if not _is_address(settings.PUBLIC_URL):
        say = "TONGQU_PUBLIC_URL: https://…"
        return [ChannelState(channel, say) for channel in Channel]
    return [
        ChannelState(Channel.EMAIL, "" if settings.SMTP_URL else "TONGQU_SMTP_URL"),
        ChannelState(Channel.SMS, _sms_trouble()),
        ChannelState(Channel.PUSH, _push_trouble()),
    ]


def offered() -> set[Channel]:
    """Return the channels that reporters may choose."""
    return {state.channel for state in channel_states() if state.is_offered}


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("https", "http") and bool(parts.hostname)


def _sms_trouble() -> str:
    if not _is_address(settings.SMS_URL):
        return "TONGQU_SMS_URL"
    try:
        json.loads(settings.SMS_BODY)
        QuietHours.parse(settings.SMS_QUIET)
    except ValueError as wrong:
        return f"TONGQU_SMS_BODY / TONGQU_SMS_QUIET: {wrong}"
    return ""


def _push_trouble() -> str:
    if not settings.VAPID_PRIVATE_KEY:
        return "TONGQU_VAPID_PRIVATE_KEY"
    try:
        public_key(settings.VAPID_PRIVATE_KEY)
    except BadKey as wrong:
        return str(wrong)
    return "" if settings.VAPID_CONTACT else "TONGQU_VAPID_CONTACT"


def push_key() -> str:
    """Return the public key that browsers subscribe with, or nothing when this channel is not offered."""
    return public_key(settings.VAPID_PRIVATE_KEY) if Channel.PUSH in offered() else ""


def address_digest(channel: str, address: str) -> str:
    """Return what is kept of an address that must never be written to again."""
    said = f"{channel}|{address.lower()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def is_silenced(channel: str, address: str) -> bool:
    """Answer whether an address asked never to be written to."""
    return SilencedAddress.objects.filter(digest=address_digest(channel, address)).exists()


def contacts_now(case: Case) -> QuerySet[Contact]:
    """Return the ways in which a case's reporter wants to be told now."""
    return case.contacts.filter(ended_at=None).exclude(address="")


def notices_of(case: Case) -> QuerySet[ReporterNotice]:
    """Return what was told about a case, the newest first."""
    return case.notices.select_related("contact")


def failed_notices() -> QuerySet[ReporterNotice]:
    """Return the notices that were given up, the newest first."""
    return ReporterNotice.objects.filter(state=NoticeState.FAILED).select_related("contact", "case")


def notice_counts(at: datetime) -> list[tuple[Channel, dict[str, int]]]:
    """Return how many notices of the last seven days stand how, by channel."""
    rows = ReporterNotice.objects.filter(made_at__gt=at - COUNTED_FOR).order_by()
    found = {(c, s): n for c, s, n in rows.values_list("contact__channel", "state").annotate(Count("pk"))}
    return [(c, {str(s): found.get((c, s), 0) for s in NoticeState}) for c in Channel]
