"""A letter of ours that only its reader can open: signed with the practice's key, encrypted to theirs (RFC 3156 6.2).

Inside stand the words, the header once more (protected: whoever carries the mail can change the outer one), and the
practice's key with the reader's own reply address on it, so that their program finds it when they answer.
"""

from typing import Protocol

import msgspec
import pysequoia

from channels.email.composing.mail import Envelope, boundary_of, crlf, header_lines, words_part
from channels.email.sealing.autocrypt import autocrypt_field
from channels.email.sealing.faults import Refused, sequoia
from messaging.trust.locks import Locks


class CannotLock(Exception):
    """Nothing can be encrypted to this key now."""


class Lock(msgspec.Struct, frozen=True, tag=True):
    """Sign this with our secret and encrypt it to their certificate."""

    inside: bytes
    theirs: bytes
    secret: bytes

    def __repr__(self) -> str:
        return "Lock(***)"


class Locked(msgspec.Struct, frozen=True):
    """In armor; empty where it could not be done."""

    armored: bytes = b""

    def __repr__(self) -> str:
        return "Locked(***)"


class Hands(Protocol):
    """Who locks: encrypting costs what the reader's key makes it cost."""

    async def lock(self, question: Lock) -> Locked | None:
        """None: it could not be done within the limits."""


def lock(question: Lock) -> Locked:
    """The answer, in a process of its own. Raises nothing."""
    try:
        with sequoia():
            ours = pysequoia.Tsk.from_bytes(question.secret)
            theirs = pysequoia.Cert.from_bytes(question.theirs)
            return Locked(pysequoia.encrypt(question.inside, recipients=[theirs], signer=ours.signer()))
    except Refused:
        return Locked()


def to_lock(envelope: Envelope, text: str, locks: Locks) -> Lock:
    """What is to be locked. Raises CannotLock."""
    try:
        with sequoia():
            ours = pysequoia.Tsk.from_bytes(locks.ours)
            inside = _inside(envelope, text, _with_reply_address(ours, envelope.reply_to))
    except Refused:
        raise CannotLock from None
    return Lock(inside, locks.theirs.certificate, locks.ours)


def compose_locked(envelope: Envelope, locks: Locks, locked: Locked | None) -> bytes:
    """The mail, final. Raises CannotLock."""
    if locked is None or not locked.armored:
        raise CannotLock
    ours = pysequoia.Tsk.from_bytes(locks.ours)
    boundary = boundary_of(f"locked {envelope.message_id}")
    return crlf(
        [
            *header_lines(envelope),
            *autocrypt_field(envelope.sender, bytes(ours.extract_certificate())),
            'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";',
            f' boundary="{boundary}"',
            "",
            f"--{boundary}",
            "Content-Type: application/pgp-encrypted",
            "Content-Description: PGP/MIME version identification",
            "",
            "Version: 1",
            "",
            f"--{boundary}",
            'Content-Type: application/octet-stream; name="encrypted.asc"',
            "Content-Description: OpenPGP encrypted message",
            'Content-Disposition: inline; filename="encrypted.asc"',
            "",
            *locked.armored.decode("ascii").splitlines(),
            "",
            f"--{boundary}--",
        ]
    )


def _inside(envelope: Envelope, text: str, key: str) -> bytes:
    """What is signed and encrypted: the protected header (RFC 9788; here in the older form all programs know), and parts."""
    # Each boundary another name: none may be taken for the end of another part.
    boundary = boundary_of(f"inside {envelope.message_id}")
    protected = [line for line in header_lines(envelope) if not line.startswith("X-")]
    return crlf(
        [
            *protected,
            f'Content-Type: multipart/mixed; boundary="{boundary}"; protected-headers="v1"',
            "",
            f"--{boundary}",
            *words_part(envelope, text),
            f"--{boundary}",
            'Content-Type: application/pgp-keys; name="openpgp-key.asc"',
            'Content-Disposition: attachment; filename="openpgp-key.asc"',
            "",
            *key.splitlines(),
            f"--{boundary}--",
        ]
    )


def _with_reply_address(ours: pysequoia.Tsk, reply_to: str) -> str:
    """The practice's certificate with the address this one reader answers to; nobody else is ever given that one."""
    certificate = ours.extract_certificate().add_user_id(f"<{reply_to}>", ours.certifier())
    return pysequoia.armor(bytes(certificate), pysequoia.ArmorKind.PublicKey)
