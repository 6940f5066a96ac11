"""Which mailbox a setting names."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class BadMailbox(ValueError):
    """A setting that names no mailbox; the text says what to write. It never holds the password."""


@dataclass(frozen=True)
class MailboxAddress:
    """A folder on an IMAP server, and how one gets in."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    is_tls: bool

    def __repr__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What people call it; holds no password."""
        return f"{self.user}@{self.host}/{self.folder}"

    @property
    def may_be_plain(self) -> bool:
        """Whether a connection without encryption is bearable: only within this machine."""
        return not self.is_tls and self.host in LOOPBACK


def mailbox_of(url: str, password: str = "") -> MailboxAddress:
    """Read `imaps://user:password@host:port/folder`; a separate password goes before the one in the address.

    Raises `BadMailbox`.

    >>> mailbox_of("imaps://report%40quzhou.gov.cn@imap.quzhou.gov.cn", "p")
    report@quzhou.gov.cn@imap.quzhou.gov.cn/INBOX
    >>> mailbox_of("imap://u:a%2Fb@localhost:1143/Reports").password
    'a/b'
    >>> mailbox_of("https://u:p@host")
    Traceback (most recent call last):
    tongqu.systems.cases.rules.mailbox.BadMailbox: TONGQU_IMAP_URL must begin with imaps:// (or imap:// for STARTTLS).
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise BadMailbox("TONGQU_IMAP_URL cannot be read; write imaps://user@host/folder.") from None
    if parts.scheme not in ("imaps", "imap"):
        raise BadMailbox("TONGQU_IMAP_URL must begin with imaps:// (or imap:// for STARTTLS).")
    secret = password or unquote(parts.password or "")
    if not parts.hostname or not parts.username or not secret:
        raise BadMailbox("Name user, password and host: imaps://user@host/folder and TONGQU_IMAP_PASSWORD.")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if not folder.isascii() or not folder.isprintable() or '"' in folder or "\\" in folder:
        raise BadMailbox("Write the folder of TONGQU_IMAP_URL as the server names it, in ASCII letters.")
    is_tls = parts.scheme == "imaps"
    return MailboxAddress(
        parts.hostname, port or (993 if is_tls else 143), unquote(parts.username), secret, folder, is_tls
    )
