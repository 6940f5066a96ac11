"""A real IMAP server (pymap, in memory) in a thread of the tests, and letters to put into it."""

from __future__ import annotations

import asyncio
import imaplib
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import Cleartext

from tongqu.systems.cases.rules.mailbox import MailboxAddress, mailbox_of


@contextmanager
def imap_server() -> Iterator[MailboxAddress]:
    """Run a server with one empty mailbox; yields its address."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    ports: list[int] = []

    async def start() -> None:
        args = Namespace(
            debug=False, demo_data=False, demo_user="report@city.cn", demo_password="secret", host=None, port="0",
            cert=None, key=None, tls=False, proxy_protocol=None, inherited_sockets=None, passlib_cfg=None,
        )  # fmt: skip
        backend, config = await DictBackend.init(args, hash_context=Cleartext())
        config.apply_context()
        answer = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()

    def run() -> None:
        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield mailbox_of(f"imap://report%40city.cn:secret@127.0.0.1:{ports[0]}/INBOX")
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


@contextmanager
def logged_in(address: MailboxAddress) -> Iterator[imaplib.IMAP4]:
    """Speak to the server as somebody who reads the mailbox by hand."""
    connection = imaplib.IMAP4(address.host, address.port, timeout=10)
    connection.login(address.user, address.password)
    connection.select("INBOX")
    yield connection
    connection.logout()


def deliver(address: MailboxAddress, *letters: bytes) -> None:
    """Put letters into the mailbox."""
    with logged_in(address) as connection:
        for letter in letters:
            status, _answer = connection.append("INBOX", "", "", letter.replace(b"\n", b"\r\n"))
            assert status == "OK"


def flags(address: MailboxAddress) -> list[str]:
    """Return the flags of every letter."""
    with logged_in(address) as connection:
        _status, answer = connection.uid("FETCH", "1:*", "(FLAGS)")
        return [bytes(line).decode() for line in answer if isinstance(line, bytes)]
