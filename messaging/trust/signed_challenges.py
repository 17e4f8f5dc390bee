"""What a device signs to show that it holds a passkey (WebAuthn level 2): what is asked, what is claimed, who looks at it.

Whoever holds the device must have shown it that they are its owner (user verification), so that one signature is two
factors: the device, and a finger, a face or a number it knows.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

LONGEST: Final = 16 * 1024
"""Characters of what a browser says: a passkey with the chain of its maker's certificates has some thousand."""
UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What is raised for what is not as it should be: a browser's words are anybody's."""


class NotSigned(Exception):
    """It does not show what it should; why is nobody's business."""


@dataclass(frozen=True, slots=True)
class Party:
    """For whom it is signed: our host, and the origin of our pages."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey."""

    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    signs: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What a browser says before it is believed: which passkey, whose, and the challenge it answers."""

    credential: bytes = field(repr=False)
    owner: bytes = field(repr=False)
    challenge: bytes = field(repr=False)
    said: dict[str, Any] = field(repr=False)


class Witness(Protocol):
    """Who makes what browsers are given, and looks at what devices have signed (the floor above knows how)."""

    def asked_to_make(
        self, party: Party, name: str, owner: bytes, challenge: bytes, known: list[bytes]
    ) -> dict[str, Any]:
        """What a browser is given to make one; `known`: those the device may have already."""

    def asked_to_sign(self, party: Party, challenge: bytes) -> dict[str, Any]:
        """What a browser is given to sign in: any passkey of ours that the device has."""

    def made(self, party: Party, claim: Claim) -> Made:
        """A passkey that was made for the challenge it claims, by an owner who was shown. Raises NotSigned."""

    def signs_after(self, party: Party, claim: Claim, public_key: bytes, signs: int) -> int:
        """How often it has signed by now. Raises NotSigned, also where it has signed less often than before: a copy."""


def claim_in(text: str) -> Claim:
    """Raises NotSigned for what cannot be one."""
    try:
        if len(text) > LONGEST:
            raise NotSigned
        said = json.loads(text)
        client = json.loads(_bytes(said["response"]["clientDataJSON"]))
        owner = said["response"].get("userHandle") or ""
        return Claim(_bytes(said["rawId"]), _bytes(owner), _bytes(client["challenge"]), said)
    except UNREADABLE:
        raise NotSigned from None


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
