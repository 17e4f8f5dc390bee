"""Sealing: envelope encryption of everything a client and their care team say.

    root key (outside the database) > installation key, practice keys > one data key for each conversation and person

Words are sealed with AES-256-GCM (NIST SP 800-38D) under their owner's data key; keys are wrapped with AES key wrap
(RFC 3394). The associated data binds a ciphertext to its table, column, practice, owner and row, so that a row copied
elsewhere by someone with database access does not open. Where facts stand in the clear beside the sealed value (an entry's
author, time, kind), they are bound too. Nonces are random: a data key seals far fewer than 2^32 blobs.

A blob: version (1) | key check (4) | nonce (12) | ciphertext | tag (16). Version 1 binds the place alone, version 2 the
facts beside it as well; what was sealed before facts were bound stays version 1 and opens as such.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from messaging.trust.seams import Seam, insist

VERSION: Final = b"\x01"
WITH_FACTS: Final = b"\x02"
KEY_BYTES: Final = 32
CACHED_KEYS: Final = 50_000
"""About 25 MB at most; a cache miss costs one small query."""
CACHED_PRACTICES: Final = 5_000
"""What is derived from their keys; opened anew like the others."""

Random = Callable[[int], bytes]


class CannotOpen(Exception):
    """The blob, its key or its place is not what it was sealed as. Says nothing of the content."""


class KeyGone(CannotOpen):
    """The data key was destroyed (erased) or never existed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value lives. `row` is the id of its row, made before the row is written."""

    field: str
    practice: UUID
    owner: UUID
    row: UUID
    facts: bytes = b""
    """What stands in the clear in the same row and must not be changed there. Empty: nothing does."""

    def associated_data(self, version: bytes) -> bytes:
        """Unambiguous by construction: three fixed-length ids, the field's name, and after a NUL the facts, if bound."""
        where = (version, self.practice.bytes, self.owner.bytes, self.row.bytes, self.field.encode("ascii"))
        return b"".join(where if version == VERSION else (*where, b"\x00", self.facts))


class DataKey:
    """One owner's key, ready for use. Never printed."""

    __slots__ = ("_aes", "_check")

    def __init__(self, key: bytes) -> None:
        self._aes = AESGCM(key)
        self._check = check_of(key)

    def seal(self, place: Place, plain: bytes, nonce: bytes) -> bytes:
        """The sealed blob; `nonce` is 12 fresh random bytes.

        It is opened once more before it is handed out: what memory or a library made unreadable is refused while its writer
        still has it. Raises SeamBroken then.
        """
        version = WITH_FACTS if place.facts else VERSION
        blob = b"".join(
            (version, self._check, nonce, self._aes.encrypt(nonce, plain, place.associated_data(version)))
        )
        insist(Seam.SEALED, self._opens_as(place, blob, plain))
        return blob

    def open(self, place: Place, blob: bytes) -> bytes:
        """The plain bytes. Raises CannotOpen when anything does not fit."""
        version = blob[:1]
        if version not in (VERSION, WITH_FACTS) or blob[1:5] != self._check:
            raise CannotOpen("sealed with another key")
        try:
            return self._aes.decrypt(blob[5:17], blob[17:], place.associated_data(version))
        except InvalidTag:
            raise CannotOpen("not the row it was sealed for") from None

    def _opens_as(self, place: Place, blob: bytes, plain: bytes) -> bool:
        try:
            return self.open(place, blob) == plain
        except CannotOpen:
            return False


def check_of(key: bytes) -> bytes:
    """What stands in a blob of the key it was sealed with."""
    return hashlib.sha256(b"quietline key check" + key).digest()[:4]


class Vault(Protocol):
    """Where wrapped keys are kept."""

    async def wrapped_key(self, practice: UUID, owner: UUID) -> bytes | None:
        """The wrapped key of `owner`, None when destroyed or never made."""

    async def wrapped_keys(self, practice: UUID, owners: Sequence[UUID]) -> Mapping[UUID, bytes]:
        """Those of the owners that have a key."""


class Root(Protocol):
    """What wraps installation and practice keys, and is kept outside the database."""

    def wrap(self, key: bytes) -> bytes:
        """40 bytes."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """Raises CannotOpen when wrapped by another root key."""


class InstallationKey:
    """Keyed hashes for look-ups across practices: what is looked up cannot be read out of the database."""

    __slots__ = ("_audit", "_bounce", "_device", "_directory", "_head")

    def __init__(self, key: bytes) -> None:
        self._directory = derive(key, b"directory")
        self._audit = derive(key, b"audit")
        self._bounce = derive(key, b"bounce")
        self._device = derive(key, b"device")
        self._head = derive(key, b"audit head")

    def lookup(self, kind: str, value: str) -> bytes:
        """The keyed hash of a name, address or token in the directory. Of any text: a guess may be no Unicode at all."""
        said = f"{kind}\x00{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._directory, said, "sha256")

    def audit_mac(self, previous: bytes, row: bytes) -> bytes:
        """The next link of an audit chain."""
        return hmac.digest(self._audit, previous + row, "sha256")

    def device_mac(self, what: bytes) -> bytes:
        """Signs what a known device keeps."""
        return hmac.digest(self._device, what, "sha256")

    @property
    def head_seed(self) -> bytes:
        """What the key is made of that signs heads of audit trails."""
        return self._head

    @property
    def bounce_key(self) -> bytes:
        """Signs the envelope senders of our mail."""
        return self._bounce


def derive(key: bytes, purpose: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869): one key, one purpose."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"quietline/" + purpose).derive(key)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A fresh data key and the form in which it is kept; keep it in the transaction that makes its owner."""

    owner: UUID
    key: DataKey
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class _PracticeKey:
    """What is derived from a practice's key: deriving anew for each owner was a tenth of a reconnection's work."""

    wrap: bytes = field(repr=False)
    data: bytes = field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> "_PracticeKey":
        return cls(derive(key, b"wrap"), derive(key, b"data"))


class Keyring:
    """The data keys of this process, opened on demand and bounded. Owners: practices, conversations, people."""

    def __init__(self, root: Root, vault: Vault, random: Random, capacity: int = CACHED_KEYS) -> None:
        self._root = root
        self._vault = vault
        self._random = random
        self._capacity = capacity
        self._data: OrderedDict[tuple[UUID, UUID], DataKey] = OrderedDict()  # bound: `capacity` of them
        self._practices: OrderedDict[UUID, _PracticeKey] = OrderedDict()  # bound: CACHED_PRACTICES

    async def key(self, practice: UUID, owner: UUID) -> DataKey:
        """The owner's data key. Raises KeyGone once it was destroyed."""
        known = self._data.get((practice, owner))
        if known is not None:
            return known
        wrapped = await self._vault.wrapped_key(practice, owner)
        if wrapped is None:
            raise KeyGone("no such key")
        return self._remember(practice, owner, await self._unwrap(practice, owner, wrapped))

    async def prefetch(self, practice: UUID, owners: Sequence[UUID]) -> None:
        """Opens many keys with one query, before a page that needs them all."""
        missing = [owner for owner in owners if (practice, owner) not in self._data]
        if missing:
            await self._open_all(practice, await self._vault.wrapped_keys(practice, missing))

    async def learn(self, practice: UUID, wrapped: Mapping[UUID, bytes]) -> None:
        """Opens keys that came along with what they belong to, so that nobody has to ask for them later."""
        if practice in wrapped and practice not in self._practices:
            self._learn(practice, self._root.unwrap(wrapped[practice]))
        await self._open_all(practice, wrapped)

    async def _open_all(self, practice: UUID, wrapped: Mapping[UUID, bytes]) -> None:
        """One that does not open is left to who asks for it alone: the others are opened nonetheless."""
        for owner, key in wrapped.items():
            if (practice, owner) not in self._data:
                with suppress(CannotOpen):
                    self._remember(practice, owner, await self._unwrap(practice, owner, key))

    async def lend(self, practice: UUID, owners: Sequence[UUID]) -> dict[UUID, bytes]:
        """The bare data keys of those that have one, for a process that opens words in our place; none is kept here."""
        wrapped = await self._vault.wrapped_keys(practice, owners)
        ours = await self._practice_key(practice)
        lent: dict[UUID, bytes] = {}
        for owner, key in wrapped.items():
            with suppress(InvalidUnwrap):  # whoever asks for it alone is told
                lent[owner] = aes_key_unwrap(ours.wrap, key)
        return lent

    def ready(self, practice: UUID, owner: UUID) -> DataKey | None:
        """The data key if it is open already; the hot path asks without waiting."""
        return self._data.get((practice, owner))

    def new_practice(self, practice: UUID) -> NewKey:
        """A practice's own key, wrapped by the root."""
        key = self._random(KEY_BYTES)
        made = self._learn(practice, key)
        return NewKey(practice, self._remember(practice, practice, DataKey(made.data)), self._root.wrap(key))

    async def new_owner(self, practice: UUID, owner: UUID) -> NewKey:
        """A data key for a new conversation or person, wrapped by the practice's."""
        key = self._random(KEY_BYTES)
        wrapped = aes_key_wrap((await self._practice_key(practice)).wrap, key)
        return NewKey(owner, self._remember(practice, owner, DataKey(key)), wrapped)

    async def wrapped_new(self, practice: UUID) -> bytes:
        """A fresh data key, wrapped, not in use yet: of several made for one owner the first that is kept is the key."""
        return aes_key_wrap((await self._practice_key(practice)).wrap, self._random(KEY_BYTES))

    def forget(self, practice: UUID, owner: UUID) -> None:
        """Called when a key was destroyed here or elsewhere."""
        self._data.pop((practice, owner), None)

    def seal(self, key: DataKey, place: Place, plain: bytes) -> bytes:
        """Seals with a fresh nonce."""
        return key.seal(place, plain, self._random(12))

    async def _unwrap(self, practice: UUID, owner: UUID, wrapped: bytes) -> DataKey:
        ours = await self._practice_key(practice)
        if owner == practice:
            return DataKey(ours.data)
        try:
            return DataKey(aes_key_unwrap(ours.wrap, wrapped))
        except InvalidUnwrap:
            raise CannotOpen("wrapped by another practice key") from None

    async def _practice_key(self, practice: UUID) -> _PracticeKey:
        known = self._practices.get(practice)
        if known is None:
            wrapped = await self._vault.wrapped_key(practice, practice)
            if wrapped is None:
                raise KeyGone("no such practice key")
            known = self._learn(practice, self._root.unwrap(wrapped))
        return known

    def _learn(self, practice: UUID, key: bytes) -> _PracticeKey:
        made = self._practices[practice] = _PracticeKey.of(key)
        if len(self._practices) > CACHED_PRACTICES:
            self._practices.popitem(last=False)
        return made

    def _remember(self, practice: UUID, owner: UUID, key: DataKey) -> DataKey:
        self._data[(practice, owner)] = key
        if len(self._data) > self._capacity:
            self._data.popitem(last=False)
        return key
