"""What a certificate's signature covers, and how number, signature and content become one address.

The address in the QR code reads ``…/v/<number>?s=<key id>.<signature>#<content>``. The number and
the signature come to our server, which knows the rest; name and title stand behind the ``#``, which
browsers keep to themselves, so no log ever holds them.
"""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import astuple, dataclass
from urllib.parse import urlsplit

from sanshi_lms.credentials.rules import normalise_number

LONGEST_TITLE = 40
"""Characters of a title in the QR code: a longer one would make it too fine for old phones."""
LONGEST_ADDRESS = 2_000
_CONTEXT = b"sanshi certificate v1"
_SIGNED = re.compile(r"s=([a-z0-9]{8})\.([A-Za-z0-9_-]{86})")


@dataclass(frozen=True)
class Content:
    """What is signed besides the number. Days as 2026-03-05; `expires` is "" without an end.

    `tie` binds what is not shown (person, occasion, moment, the whole title), see `tie_of`.
    """

    name: str
    title: str
    hours: str
    issued: str
    expires: str
    issuer: str
    tie: str

    def encoded(self) -> str:
        """Return the content as it stands behind the ``#``."""
        text = json.dumps(astuple(self), ensure_ascii=False, separators=(",", ":"))
        return to_base64(text.encode())


@dataclass(frozen=True)
class Signed:
    """A whole signed statement, as an address carries it."""

    number: str
    key_id: str
    signature: bytes
    content: Content

    def address(self, base: str) -> str:
        """Return the address of the QR code; `base` is the one that verifies the number."""
        return f"{base}?s={self.mark}#{self.content.encoded()}"

    @property
    def mark(self) -> str:
        """Return key id and signature as they stand in the address."""
        return f"{self.key_id}.{to_base64(self.signature)}"

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        return message(self.number, self.key_id, self.content)


def message(number: str, key_id: str, content: Content) -> bytes:
    """Return the bytes that are signed. No part can run over into its neighbour."""
    return b"\0".join([_CONTEXT, key_id.encode(), number.encode(), content.encoded().encode()])


def short_title(title: str) -> str:
    """Return a title as the QR code carries it."""
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


def tie_of(*fields: str) -> str:
    """Return a digest of fields that are signed but not shown: 72 bits in 12 characters."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return to_base64(hashlib.sha256(text.encode()).digest()[:9])


def read_address(text: str) -> Signed | None:
    """Return what an address of ours carries; None when it carries no readable statement.

    Whether the statement is true is for `KeyRing.holds`.
    """
    if len(text) > LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    number, mark = normalise_number(parts.path), _SIGNED.fullmatch(parts.query)
    content = _read_content(parts.fragment)
    if number is None or mark is None or content is None:
        return None
    signature = from_base64(mark[2])
    return None if signature is None else Signed(number, mark[1], signature, content)


def to_base64(data: bytes) -> str:
    """Return bytes as base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64(text: str) -> bytes | None:
    """Return the bytes; None unless `text` is just what `to_base64` writes for them.

    Otherwise the idle bits of the last character could be changed without anybody noticing.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if to_base64(data) == text else None


def _read_content(fragment: str) -> Content | None:
    data = from_base64(fragment)
    try:
        fields = json.loads(data.decode()) if data else None
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    if not isinstance(fields, list) or len(fields) != 7:
        return None
    if not all(isinstance(field, str) for field in fields):
        return None
    content = Content(*fields)
    return content if content.encoded() == fragment else None
