"""Opening a letter: decrypting it with the practice's key, and saying whose signature is on it.

Runs in a process of its own (`arriving.unlock_worker`): packets are hostile until they are read, and a few kilobytes of
them may unfold to gigabytes. Sequoia refuses what has no integrity protection: nothing changed on the way is ever shown.
"""

import hashlib
from collections.abc import Callable
from enum import StrEnum

import msgspec
import pysequoia

from channels.email.sealing.faults import Refused, sequoia
from channels.email.sealing.packets import Unsuited, locked_body, signed_packets


class Signed(StrEnum):
    """What is known of a letter's signature."""

    BY_THEIR_KEY = "by_their_key"
    BY_ANOTHER = "by_another"
    """By a key that is not the one we know of them, or there is none we know."""
    DOES_NOT_FIT = "does_not_fit"
    """It names their key, and is not of these words."""
    NOT_SIGNED = "not_signed"
    UNCHECKED = "unchecked"


class Unlock(msgspec.Struct, frozen=True, tag=True):
    """Open this message with this secret; `theirs` is the writer's certificate, or nothing where none is known."""

    message: bytes
    secret: bytes
    theirs: bytes

    def __repr__(self) -> str:
        return "Unlock(***)"


class Check(msgspec.Struct, frozen=True, tag=True):
    """Is this the writer's signature on this content? Without a signature apart, it is inside (RFC 9580 7)."""

    content: bytes
    signature: bytes
    theirs: bytes

    def __repr__(self) -> str:
        return "Check(***)"


class Unlocked(msgspec.Struct, frozen=True):
    """`content` None: it could not be opened, or needed not to be."""

    signed: Signed
    content: bytes | None = None
    mark: bytes = b""
    """SHA-256 of the encrypted octets: the same for every copy, however it is packed anew."""

    def __repr__(self) -> str:
        return f"Unlocked({self.signed})"


Issuers = list[str]


def open_letter(question: Unlock | Check) -> Unlocked:
    """The answer to a question. Raises nothing, whatever the octets."""
    match question:
        case Unlock():
            return _unlocked(question)
        case Check(content, signature, theirs) if signature:
            return Unlocked(_checked(theirs, lambda store: _detached(content, signature, store)))
        case Check(content, _, theirs):
            return _clear(content, theirs)


def _unlocked(question: Unlock) -> Unlocked:
    try:
        with sequoia():
            ours = pysequoia.Tsk.from_bytes(question.secret)
            content = pysequoia.decrypt(question.message, decryptor=ours.decryptor()).bytes
        mark = hashlib.sha256(locked_body(question.message)).digest()
    except (Refused, Unsuited):  # for another key, changed on the way, unprotected, or no message at all
        return Unlocked(Signed.UNCHECKED)
    return Unlocked(_signature_of(question, content or b""), content or b"", mark)


def _signature_of(question: Unlock, content: bytes) -> Signed:
    def whole(store: "Store") -> bytes | None:
        ours = pysequoia.Tsk.from_bytes(question.secret)
        return pysequoia.decrypt(question.message, decryptor=ours.decryptor(), store=store).bytes

    def apart(store: "Store") -> bytes | None:
        return pysequoia.verify(signed_packets(question.message, question.secret), store=store).bytes

    first = _checked(question.theirs, whole)
    if first in (Signed.BY_THEIR_KEY, Signed.NOT_SIGNED, Signed.BY_ANOTHER):
        return first
    return _checked(question.theirs, apart, of=content)


def _clear(content: bytes, theirs: bytes) -> Unlocked:
    """A message signed and not encrypted; without a key of theirs its words are still in it, as they came."""
    said: list[bytes] = []

    def verify(store: "Store") -> bytes | None:
        found = pysequoia.verify(content, store=store).bytes
        said.append(found or b"")
        return found

    signed = _checked(theirs, verify)
    return Unlocked(signed, said[0] if said else None)


def _detached(content: bytes, signature: bytes, store: "Store") -> bytes | None:
    pysequoia.verify(content, store=store, signature=pysequoia.Sig.from_bytes(signature))
    return None


Store = Callable[[Issuers], list[pysequoia.Cert]]


def _checked(theirs: bytes, verify: Callable[[Store], bytes | None], of: bytes | None = None) -> Signed:
    """Asks Sequoia, and takes its refusal apart by whom the signatures name. `of`: the content it must be of."""
    named: Issuers = []
    known = pysequoia.Cert.from_bytes(theirs) if theirs else None

    def store(issuers: Issuers) -> list[pysequoia.Cert]:
        named.extend(issuers)
        return [known] if known else []

    try:
        with sequoia():
            content = verify(store)
    except Unsuited:
        return Signed.UNCHECKED
    except Refused:
        if not named:
            return Signed.NOT_SIGNED
        return Signed.DOES_NOT_FIT if known and _is_of(known, named) else Signed.BY_ANOTHER
    return Signed.BY_THEIR_KEY if of is None or content == of else Signed.DOES_NOT_FIT


def _is_of(known: pysequoia.Cert, named: Issuers) -> bool:
    """Signatures name the subkey that made them, by fingerprint or its end."""
    parts = [
        one.fingerprint for one in pysequoia.packet.PacketPile.from_bytes(bytes(known)) if one.fingerprint
    ]
    return any(part.lower().endswith(one.lower()) for part in parts for one in named)
