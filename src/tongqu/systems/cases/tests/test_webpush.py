"""Notices on a device: encrypted for the browser, signed for its service, to no other host (RFC 8291, RFC 8292)."""

from __future__ import annotations

import base64
import json
from datetime import datetime

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from typer.testing import CliRunner

from conftest import Town
from tongqu.systems.cases.actions.contacts import add_contact
from tongqu.systems.cases.analytics.webpush import (
    BadKey,
    are_keys,
    authorization,
    b64,
    encrypted,
    private_key,
    public_key,
    unb64,
)
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.jobs import senders
from tongqu.systems.cases.models.notices import Contact
from tongqu.systems.cases.rules.notices import (
    Channel,
    is_push_service,
)
from tongqu.systems.cases.tests.factories import RESIDENT, reported
from tongqu.systems.cases.tests.noticing import BROWSER, BROWSER_KEYS, VAPID, Inbox, send, told, web


def test_a_notice_on_a_device_is_encrypted_for_the_browser_and_signed_for_its_service(
    all_set: Inbox, town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = reported(at)
    endpoint = "https://fcm.googleapis.com/fcm/send/abc"
    keys = dict(BROWSER_KEYS)
    contact = add_contact(case, Channel.PUSH, endpoint, keys=keys, language="en", by=RESIDENT, at=at)
    with web(201) as (url, got):
        Contact.objects.update(address=url)
        refused = send(told(contact, at, cause="0"), at, monkeypatch)
        assert (refused.state, len(got)) == ("failed", 0)  # Not a push service that we know.
        monkeypatch.setattr(senders, "is_push_service", lambda *_: True)
        assert send(told(contact, at), at, monkeypatch).state == "sent"
        headers, body = got[0]
    plain = json.loads(
        http_ece.decrypt(body, private_key=BROWSER, auth_secret=unb64(keys["auth"]), version="aes128gcm")
    )
    assert plain["url"].endswith(f"/cases/track/{case.tracking_code}/")
    assert case.number in plain["title"]
    assert headers["Content-Encoding"] == "aes128gcm"
    check_signature(headers["Authorization"], url.removesuffix("/x"))
    with web(410) as (url, got):
        Contact.objects.update(address=url)
        assert send(told(contact, at, cause="2"), at, monkeypatch).state == "failed"
    contact.refresh_from_db()
    assert contact.ended_at is not None


def check_signature(header: str, audience: str) -> None:
    """Check the JWT of RFC 8292 with the public key beside it."""
    token, _, key = header.removeprefix("vapid t=").partition(", k=")
    signed, _, mark = token.rpartition(".")
    claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
    assert (claims["aud"], claims["sub"]) == (audience, "mailto:admin@city.cn")
    raw = unb64(mark)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
    point.verify(der, signed.encode(), ec.ECDSA(SHA256()))
    assert key == public_key(VAPID)


def test_the_example_of_rfc_8291_comes_out_as_printed() -> None:
    sender = private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
        sender=sender,
    )
    assert b64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg"
        "Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_keys_are_checked() -> None:
    for wrong in ("", "x", "AAAA", b64(bytes(32))):
        with pytest.raises(BadKey):
            private_key(wrong)
    assert not are_keys("AAAA", BROWSER_KEYS["auth"])
    assert not are_keys(BROWSER_KEYS["p256dh"], "AAAA")
    assert "vapid t=" in authorization(
        "https://x/y", VAPID, "mailto:a@b.cn", datetime.fromisoformat("2026-09-16T00:00:00+00:00")
    )
    made = CliRunner().invoke(app, ["notices", "new-key"]).output.strip()
    assert len(unb64(public_key(made))) == 65


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://[x",
        "https://fcm.googleapis.com:8443/",
        "https://evil.cn/",
        "https://u@fcm.googleapis.com/",
        "https://fcm.googleapis.com/" + "x" * 500,
    ],
)
def test_no_other_host_is_written_to_for_a_browser(endpoint: str) -> None:
    assert not is_push_service(endpoint, ["fcm.googleapis.com"])
