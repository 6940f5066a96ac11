"""Encrypts messages for browsers (RFC 8291) and signs for their push services (RFC 8292)."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HOLDS_FOR = timedelta(hours=12)
"""How long a signature for a push service holds; RFC 8292 allows a day."""


class BadKey(ValueError):
    """A key that is none; the text says what is needed."""


def b64(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Return the bytes of a base64url text, padded or not; raises `ValueError`."""
    plain = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def new_private_key() -> str:
    """Return a new key for signing, as the setting holds it.

    >>> len(unb64(new_private_key()))
    32
    """
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return b64(number.to_bytes(32, "big"))


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that a setting holds; raises `BadKey`."""
    try:
        raw = unb64(text)
        if len(raw) != 32:
            raise ValueError
        return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    except ValueError:
        raise BadKey(
            "TONGQU_VAPID_PRIVATE_KEY is no key; make one with: tongqu cases notices new-key"
        ) from None


def public_key(text: str) -> str:
    """Return what browsers need of the key: its public point, as base64url."""
    point = private_key(text).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return b64(point)


def are_keys(p256dh: str, auth: str) -> bool:
    """Answer whether these are a browser's keys: a point of the curve P-256, and 16 secret bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(p256dh))
        return len(unb64(auth)) == 16
    except ValueError:
        return False


def encrypted(
    payload: bytes,
    p256dh: str,
    auth: str,
    *,
    salt: bytes | None = None,
    sender: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the payload as only the browser with these keys can read it (RFC 8291, aes128gcm).

    `salt` and `sender` are drawn by chance; the example of the RFC names them.
    """
    found: bytes = http_ece.encrypt(
        payload,
        salt=salt,
        private_key=sender or ec.generate_private_key(ec.SECP256R1()),
        dh=unb64(p256dh),
        auth_secret=unb64(auth),
        version="aes128gcm",
    )
    return found


def authorization(endpoint: str, key: str, contact: str, at: datetime) -> str:
    """Return the header that tells a push service who sends (RFC 8292, sections 2 and 3): a JWT signed with ES256."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + HOLDS_FOR).timestamp()),
        "sub": contact,
    }
    signed = ".".join(b64(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(private_key(key).sign(signed.encode(), ec.ECDSA(SHA256())))
    mark = b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{mark}, k={public_key(key)}"
