"""The keys outside the database: the one that wraps by now, and former ones that still open what they wrapped.

A rotation (`quietline keys rotate`) happens beside servers at work. So whoever finds something that none of the known keys
opens reads the files once more, and whoever wraps something new looks first which key is the one by now.
"""

from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from messaging.trust.encryption import KEY_BYTES, CannotOpen


class RootKey:
    """One of them. Never printed."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("the master key must be 32 bytes")
        self._key = key

    def wrap(self, key: bytes) -> bytes:
        """40 bytes."""
        return aes_key_wrap(self._key, key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Raises CannotOpen when wrapped by another root key."""
        try:
            return aes_key_unwrap(self._key, wrapped)
        except InvalidUnwrap:
            raise CannotOpen("wrapped by another master key") from None

    @property
    def secret(self) -> bytes:
        """For what is derived from it, and for the recovery sheet."""
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RootKey) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


Read = Callable[[], Sequence[RootKey]]
"""The keys as they lie there now, the present one first; none where they cannot be read now."""


class RootKeys:
    """All of them, as a server or a command knows them."""

    def __init__(self, keys: Sequence[RootKey], read: Read = tuple) -> None:
        self._keys, self._read = tuple(keys), read

    def wrap(self, key: bytes) -> bytes:
        """By the present key, whatever it was when this process started."""
        self._look_again()
        return self._keys[0].wrap(key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """By whichever opens it. Raises CannotOpen when none does."""
        try:
            return self._by_any(wrapped)
        except CannotOpen:
            self._look_again()
            return self._by_any(wrapped)

    @property
    def known(self) -> tuple[RootKey, ...]:
        """The present one first."""
        return self._keys

    def _by_any(self, wrapped: bytes) -> bytes:
        for key in self._keys:
            try:
                return key.unwrap(wrapped)
            except CannotOpen:
                continue
        raise CannotOpen("wrapped by another master key")

    def _look_again(self) -> None:
        """What was known stays known: a file that cannot be read now must not close what is open."""
        found = self._read()
        if found:
            self._keys = (*found, *(key for key in self._keys if key not in found))
