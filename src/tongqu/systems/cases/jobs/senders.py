"""Sends one notice through a channel; every refusal becomes `CannotSend` with what the other side said."""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parseaddr
from http.client import HTTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from tongqu.systems.cases.analytics.webpush import authorization, encrypted
from tongqu.systems.cases.models.notices import ReporterNotice
from tongqu.systems.cases.queries.notice_texts import off_url, track_url
from tongqu.systems.cases.rules.mail import OUR_MARK, Outcome
from tongqu.systems.cases.rules.mailbox import BadMailbox, mailbox_of
from tongqu.systems.cases.rules.notices import CannotSend, Channel, filled, is_push_service

WAIT_S = 20
PUSH_KEPT_S = 24 * 3600
BUSY = frozenset({408, 425, 429})


def send_email(notice: ReporterNotice, at: datetime) -> None:
    """Send by e-mail, marked so that no program answers and the reader can end it with one click (RFC 3834, 8058)."""
    message = EmailMessage(
        notice.subject,
        notice.text,
        to=[notice.contact.address],
        reply_to=_reply_to(),
        headers=_headers(notice),
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, say = next(iter(refusal.recipients.values()))
        raise CannotSend(_said(code, say), is_final=code >= 500) from None
    except smtplib.SMTPDataError as refusal:
        raise CannotSend(
            _said(refusal.smtp_code, refusal.smtp_error), is_final=refusal.smtp_code >= 500
        ) from None
    except (smtplib.SMTPException, OSError) as trouble:
        raise CannotSend(f"{type(trouble).__name__}: {trouble}") from None


def _said(code: int, say: bytes | str) -> str:
    return f"{code} {say.decode('utf-8', 'replace') if isinstance(say, bytes) else say}"


def message_id(notice: ReporterNotice) -> str:
    """Return the Message-ID: the same at every try, so that a mailbox can show one letter."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<notice-{notice.key}@{host}>"


def _headers(notice: ReporterNotice) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(notice),
        "Auto-Submitted": "auto-generated",
        OUR_MARK: str(notice.key),
        "List-Unsubscribe": f"<{off_url(notice.contact)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    letter = notice.case.letters.filter(outcome=Outcome.CASE).exclude(message_id="").first()
    return headers | ({"In-Reply-To": letter.message_id, "References": letter.message_id} if letter else {})


def _reply_to() -> list[str]:
    """Return the mailbox for reports, so that an answer reaches the case."""
    try:
        user = mailbox_of(settings.IMAP_URL, settings.IMAP_PASSWORD).user
    except BadMailbox:
        return []
    return [user] if "@" in user else []


def send_sms(notice: ReporterNotice, at: datetime) -> None:
    """Hand the text to the gateway of the settings, as JSON."""
    values = {"to": notice.contact.address, "text": notice.text, "id": str(notice.key)}
    body = json.dumps(filled(json.loads(settings.SMS_BODY), values), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(notice.key)}
    if settings.SMS_SECRET:
        headers["Authorization"] = f"Bearer {settings.SMS_SECRET}"
    _post(settings.SMS_URL, body, headers)


def send_push(notice: ReporterNotice, at: datetime) -> None:
    """Send to a browser through its push service, encrypted so that only the browser can read it."""
    contact = notice.contact
    if not is_push_service(contact.address, settings.PUSH_HOSTS):
        raise CannotSend("The push service is not among TONGQU_PUSH_HOSTS.", is_final=True)
    said = {
        "title": notice.subject,
        "body": notice.text,
        "url": track_url(notice.case),
        "tag": str(notice.key),
    }
    payload = json.dumps(said, ensure_ascii=False).encode()
    body = encrypted(payload, contact.keys["p256dh"], contact.keys["auth"])
    headers = {
        "TTL": str(PUSH_KEPT_S),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Authorization": authorization(
            contact.address, settings.VAPID_PRIVATE_KEY, settings.VAPID_CONTACT, at
        ),
    }
    _post(contact.address, body, headers, gone=frozenset({404, 410}))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: what is sent holds personal data and a secret."""

    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler())


def _post(url: str, body: bytes, headers: Mapping[str, str], gone: frozenset[int] = frozenset()) -> None:
    """POST a body; anything but 2xx is `CannotSend`: 4xx for good, except what says that the server is busy."""
    request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310 - http(s), by settings
    try:
        with _opener.open(request, timeout=WAIT_S):
            return
    except urllib.error.HTTPError as refusal:
        say = refusal.read(200).decode("utf-8", "replace")
        is_final = 300 <= refusal.code < 500 and refusal.code not in BUSY
        raise CannotSend(f"{refusal.code} {say}", is_final=is_final, is_gone=refusal.code in gone) from None
    except (OSError, HTTPException) as trouble:
        raise CannotSend(f"{type(trouble).__name__}: {trouble}") from None


SENDERS: dict[Channel, Callable[[ReporterNotice, datetime], None]] = {
    Channel.EMAIL: send_email,
    Channel.SMS: send_sms,
    Channel.PUSH: send_push,
}
"""What sends by each channel."""
