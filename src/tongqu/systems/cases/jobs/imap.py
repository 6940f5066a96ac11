"""Speaks IMAP (RFC 3501): the few commands that reading a mailbox needs."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tongqu.systems.cases.rules.mailbox import MailboxAddress

WAIT_S = 30
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_CLIENT = '("name" "tongqu" "vendor" "tongqu")'


class MailTrouble(Exception):
    """The mailbox cannot be read now; the text says why and holds no password."""


@dataclass(frozen=True)
class Folder:
    """A folder that is open on the server."""

    connection: imaplib.IMAP4
    uid_validity: int
    newest_uid: int

    def uids(self, *criteria: str) -> list[int]:
        """Return the letters that fit, in their order."""
        found = self._ask("SEARCH", *criteria)
        return sorted(int(uid) for line in found if isinstance(line, bytes) for uid in line.split())

    def size(self, uid: int) -> int | None:
        """Return the bytes of a letter, or None when it is gone."""
        for line in self._ask("FETCH", str(uid), "(RFC822.SIZE)"):
            text = b" ".join(line) if isinstance(line, tuple) else line
            if text and (match := _SIZE.search(text)):
                return int(match[1])
        return None

    def letter(self, uid: int) -> bytes | None:
        """Return a letter without marking it as read, or None when it is gone."""
        parts = self._ask("FETCH", str(uid), "(BODY.PEEK[])")
        return next((part[1] for part in parts if isinstance(part, tuple)), None)

    def mark(self, uid: int, *flags: str) -> None:
        """Put flags on a letter."""
        self._ask("STORE", str(uid), "+FLAGS.SILENT", f"({' '.join(flags)})")

    def _ask(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes] | None]:
        status, answer = self.connection.uid(command, *arguments)
        if status != "OK":
            raise MailTrouble(f"The server refused {command}: {answer!r:.200}")
        return answer


@contextmanager
def opened(address: MailboxAddress) -> Iterator[Folder]:
    """Open the folder; raises `MailTrouble` for whatever keeps us from reading on."""
    try:
        connection = _connected(address)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailTrouble(f"No connection to {address.host}:{address.port}: {error}"[:280]) from None
    try:
        yield _selected(connection, address)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailTrouble(f"{address.host} broke off: {_said(error)}"[:280]) from None
    finally:
        _leave(connection)


def _connected(address: MailboxAddress) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if address.is_tls:
        return imaplib.IMAP4_SSL(address.host, address.port, ssl_context=context, timeout=WAIT_S)
    connection = imaplib.IMAP4(address.host, address.port, timeout=WAIT_S)
    if "STARTTLS" in connection.capabilities and not address.may_be_plain:
        connection.starttls(context)
    elif not address.may_be_plain:
        _leave(connection)
        raise imaplib.IMAP4.error("it offers no encryption; a password is not sent in the clear")
    return connection


def _selected(connection: imaplib.IMAP4, address: MailboxAddress) -> Folder:
    connection.login(address.user, address.password)
    if "ID" in connection.capabilities:
        # NetEase's servers (163.com, 126.com) let nobody select a folder who has not said who they are (RFC 2971).
        imaplib.Commands.setdefault("ID", ("NONAUTH", "AUTH", "SELECTED"))
        connection.xatom("ID", _CLIENT)
    status, answer = connection.select(f'"{address.folder}"')
    if status != "OK":
        raise MailTrouble(f"The folder {address.folder} cannot be opened: {answer!r:.200}")
    validity = _number(connection, "UIDVALIDITY")
    if validity is None:
        raise MailTrouble("The server gives no UIDVALIDITY, so letters cannot be told apart for good.")
    following = _number(connection, "UIDNEXT")
    folder = Folder(connection, validity, (following or 1) - 1)
    return folder if following else Folder(connection, validity, max(folder.uids("ALL"), default=0))


def _number(connection: imaplib.IMAP4, name: str) -> int | None:
    _name, values = connection.response(name)
    value = values[-1] if values else None
    return int(value) if isinstance(value, bytes) and value.isdigit() else None


def _said(error: Exception) -> str:
    """Return what the server said, on one line."""
    text = error.args[0] if error.args else error
    return " ".join((text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)).split())


def _leave(connection: imaplib.IMAP4) -> None:
    try:
        connection.logout()
    except (OSError, imaplib.IMAP4.error):
        connection.shutdown()
