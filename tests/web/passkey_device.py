"""A device with passkeys, in software: signs as WebAuthn level 2 has it, and can be told to do it wrongly."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """Whose owner it has been shown, at an origin, unless it is told otherwise. `signs`: what its counter says; 0: none."""

    host: str = "localhost"
    origin: str = "http://localhost"
    verified: bool = True
    signs: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: os.urandom(16))
    owner: bytes = b""

    def makes(self, options: dict[str, Any]) -> str:
        """A passkey, as the browser says it."""
        self.owner = _from64(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(cose)
        data = self._data(ATTESTED) + attested
        response = {
            "clientDataJSON": _to64(self._client("webauthn.create", options["challenge"])),
            "attestationObject": _to64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._said(response)

    def signs_in(self, options: dict[str, Any]) -> str:
        """An answer to a challenge."""
        data, client = self._data(0), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": _to64(client),
            "authenticatorData": _to64(data),
            "signature": _to64(signature),
            "userHandle": _to64(self.owner),
        }
        return self._said(response)

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.signs.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _said(self, response: dict[str, str]) -> str:
        name = _to64(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def _to64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _from64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
