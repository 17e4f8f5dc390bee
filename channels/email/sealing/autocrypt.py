"""Keys in letters' headers (Autocrypt Level 1, section 2.1): one that came along (reading never raises), and our own."""

import binascii
from base64 import b64decode, b64encode
from typing import Final

from channels.email.addresses import same_mailbox
from channels.email.composing.mail import folded
from channels.email.mime.headers import split_letter

KEY_LIMIT: Final = 48 * 1024
"""Octets in base64. The standard asks programs for less than 10 KiB."""
LINE: Final = 76
KNOWN: Final = frozenset({"addr", "prefer-encrypt", "keydata"})


def key_along(raw: bytes, sender: str | None) -> bytes:
    """The key of the letter's one sender, or nothing: of several fields that could be meant none is taken."""
    if sender is None:
        return b""
    headers, _ = split_letter(raw)
    found = [key for field in headers.all("autocrypt") if (key := _key(headers.unfolded(field), sender))]
    return found[0] if len(found) == 1 else b""


def autocrypt_field(sender: str, certificate: bytes) -> list[str]:
    """Our own, for the header of a locked letter, whose reader can use it: lines as they are sent (section 2.1).

    `addr` is our From address. Where an answer goes is not said here: that address is its reader's alone, and stands with
    the key inside. Without `prefer-encrypt`: a letter in clear is as welcome.
    """
    packed = b64encode(certificate).decode("ascii")
    lines = [packed[place : place + LINE] for place in range(0, len(packed), LINE)]
    return [folded("Autocrypt", f"addr={sender};", "keydata="), *(f" {one}" for one in lines)]


def _key(field: str, sender: str) -> bytes:
    pairs = [one.partition("=") for one in field.split(";") if one.strip()]
    said = {name.strip().lower(): value.strip() for name, _, value in pairs}
    # An attribute we do not know changes the meaning, unless its name begins with an underscore.
    if any(name not in KNOWN and not name.startswith("_") for name in said):
        return b""
    if not same_mailbox(said.get("addr", ""), sender):
        return b""
    packed = "".join(said.get("keydata", "").split())
    try:
        return b64decode(packed, validate=True) if len(packed) <= KEY_LIMIT else b""
    except (binascii.Error, ValueError):
        return b""
