"""What of a letter is encrypted or signed with OpenPGP. Part of reading it: takes any octets, never raises."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from channels.email.mime.headers import read_parameters, split_letter
from channels.email.mime.parts import Part, read_tree

_INLINE: Final = re.compile(rb"-----BEGIN PGP (MESSAGE|SIGNED MESSAGE)-----\r?\n.*\Z", re.DOTALL)
_END: Final = re.compile(rb"-----END PGP (?:MESSAGE|SIGNATURE)-----")


class Kind(StrEnum):
    """How the words and OpenPGP stand to each other."""

    ENCRYPTED = "encrypted"
    """An entity of its own inside (RFC 3156 4)."""
    ENCRYPTED_TEXT = "encrypted_text"
    """Plain words inside, as programs without MIME write them."""
    SIGNED = "signed"
    """`content` is signed exactly so, `signature` stands beside (RFC 3156 5)."""
    SIGNED_TEXT = "signed_text"
    """The words between the lines of the cleartext framework (RFC 9580 7)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be opened or checked."""

    kind: Kind
    content: bytes = field(repr=False)
    signature: bytes = field(default=b"", repr=False)


def find(raw: bytes) -> Found | None:
    """The letter as a whole, or nothing: a signature on one part of many says nothing of the others."""
    root, _ = read_tree(raw)
    if root.content_type == "multipart/signed" and root.children:
        return _signed(raw, root)
    encrypted = _encrypted(root)
    if encrypted:
        return Found(Kind.ENCRYPTED, encrypted)
    return _inline(root)


def _encrypted(root: Part) -> bytes:
    """The second part; Exchange is known to say `mixed` instead of `encrypted` while it leaves the parts as they are."""
    for part in root.walk():
        kinds = [child.content_type for child in part.children]
        if "application/pgp-encrypted" in kinds:
            later = part.children[kinds.index("application/pgp-encrypted") + 1 :]
            return next((one.content for one in later if b"BEGIN PGP MESSAGE" in one.content[:2000]), b"")
    return b""


def _signed(raw: bytes, root: Part) -> Found | None:
    kinds = [one.content_type for one in root.children]
    if len(kinds) != 2 or kinds[1] != "application/pgp-signature":  # a third part would be signed by nobody
        return None
    return Found(Kind.SIGNED, _first_as_sent(raw), root.children[1].content)


def _first_as_sent(raw: bytes) -> bytes:
    """The first part with its header, octet by octet, without the line end that belongs to the delimiter."""
    headers, body = split_letter(raw)
    _, parameters = read_parameters(headers.plain("content-type"))
    mark = re.escape(parameters.get("boundary", "").rstrip().encode("utf-8", "replace"))
    cut = re.split(rb"(?:\A|\r?\n)--" + mark + rb"(?:--)?[ \t]*(?=\r?\n|\Z)", body, maxsplit=2)
    first = cut[1].partition(b"\n")[2] if len(cut) == 3 else b""
    return re.sub(rb"\r?\n", b"\r\n", first)


def _inline(root: Part) -> Found | None:
    """Only where it is all the words there are: else somebody's words could stand beside it as if they were in it."""
    words = [one for one in root.walk() if one.content_type == "text/plain" and not one.children]
    if len(words) != 1:
        return None
    found = _INLINE.match(words[0].content.lstrip())
    if found is None or not _END.search(found[0]):
        return None
    kind = Kind.ENCRYPTED_TEXT if found[1] == b"MESSAGE" else Kind.SIGNED_TEXT
    return Found(kind, found[0])
