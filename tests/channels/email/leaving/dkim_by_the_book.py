"""Whether a DKIM signature holds, written from RFC 6376 alone: the library that signs is no witness to itself.

Only what ours are: rsa-sha256, relaxed/relaxed, the whole body, and no look at the clock.
"""

import base64
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key


def terms(mail: bytes) -> dict[str, str]:
    """What the topmost signature says (section 3.2)."""
    field = next(value for name, value in _fields(mail) if name == "dkim-signature")
    pairs = (one.partition("=") for one in field.split(";"))
    return {name.strip(): re.sub(r"\s", "", value) for name, _, value in pairs if name.strip()}


def checked(mail: bytes, published: str) -> bool:
    """Whether the mail is as it was signed, by the key as it is published."""
    said, (head, _, body) = terms(mail), mail.partition(b"\r\n\r\n")
    assert (said["v"], said["a"], said["c"], "l" in said) == ("1", "rsa-sha256", "relaxed/relaxed", False)
    if base64.b64encode(hashlib.sha256(_body(body)).digest()).decode() != said["bh"]:
        return False
    left = _fields(head)
    taken: list[str] = []
    for name in (
        said["h"].lower().split(":")
    ):  # from the bottom, each once; those that are not there say nothing (5.4.2)
        place = next((at for at in reversed(range(len(left))) if left[at][0] == name), None)
        if place is not None:
            taken.append(_relaxed(*left.pop(place)))
    own = next(value for name, value in _fields(head) if name == "dkim-signature")
    signed = "".join(f"{one}\r\n" for one in taken) + _relaxed(
        "dkim-signature", re.sub(r"(\bb=)[^;]*", r"\1", own)
    )
    key = load_der_public_key(base64.b64decode(published.partition("p=")[2]))
    assert isinstance(key, RSAPublicKey)
    try:
        key.verify(base64.b64decode(said["b"]), signed.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _fields(head: bytes) -> list[tuple[str, str]]:
    lines = re.split(r"\r\n(?![ \t])", head.partition(b"\r\n\r\n")[0].decode())
    return [(name.strip().lower(), value) for name, _, value in (line.partition(":") for line in lines)]


def _relaxed(name: str, value: str) -> str:
    """Section 3.4.2."""
    return f"{name}:" + re.sub("[ \t]+", " ", value.replace("\r\n", "")).strip(" ")


def _body(body: bytes) -> bytes:
    """Section 3.4.4."""
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
