"""Sealing: what was sealed opens where it belongs, with its key, and nowhere else."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.trust import encryption
from messaging.trust.encryption import (
    CannotOpen,
    DataKey,
    InstallationKey,
    KeyGone,
    Keyring,
    Place,
)
from messaging.trust.root_keys import RootKey


class Drawer:
    """A vault in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[UUID, UUID], bytes] = {}

    async def wrapped_key(self, practice: UUID, owner: UUID) -> bytes | None:
        return self.kept.get((practice, owner))

    async def wrapped_keys(self, practice: UUID, owners: Sequence[UUID]) -> Mapping[UUID, bytes]:
        return {o: self.kept[(practice, o)] for o in owners if (practice, o) in self.kept}


def place() -> Place:
    return Place("entries.sealed", uuid4(), uuid4(), uuid4())


@given(st.binary(max_size=500))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    key, where = DataKey(bytes(32)), place()
    assert key.open(where, key.seal(where, plain, os.urandom(12))) == plain


def test_a_row_copied_elsewhere_does_not_open() -> None:
    key, where = DataKey(os.urandom(32)), place()
    blob = key.seal(where, b"words", os.urandom(12))
    for elsewhere in (
        replace(where, field="drafts.sealed"),
        replace(where, practice=uuid4()),
        replace(where, owner=uuid4()),
        replace(where, row=uuid4()),
    ):
        with pytest.raises(CannotOpen):
            key.open(elsewhere, blob)


@given(st.integers(min_value=0, max_value=200), st.integers(min_value=1, max_value=255))
def test_no_changed_byte_opens(position: int, change: int) -> None:
    key, where = DataKey(bytes(32)), place()
    blob = bytearray(key.seal(where, b"w" * 200, bytes(12)))
    blob[position] ^= change
    with pytest.raises(CannotOpen):
        key.open(where, bytes(blob))


async def test_keys_are_found_again_by_another_process_and_not_by_another_root() -> None:
    drawer, root, practice, owner = Drawer(), RootKey(os.urandom(32)), uuid4(), uuid4()
    first = Keyring(root, drawer, os.urandom)
    drawer.kept[(practice, practice)] = first.new_practice(practice).wrapped
    drawer.kept[(practice, owner)] = (await first.new_owner(practice, owner)).wrapped
    where = Place("entries.sealed", practice, owner, uuid4())
    blob = first.seal(await first.key(practice, owner), where, b"words")
    again = Keyring(root, drawer, os.urandom)
    assert (await again.key(practice, owner)).open(where, blob) == b"words"
    stranger = Keyring(RootKey(os.urandom(32)), drawer, os.urandom)
    with pytest.raises(CannotOpen):
        await stranger.key(practice, owner)


async def test_a_destroyed_key_is_gone_once_it_is_forgotten() -> None:
    drawer, practice, owner = Drawer(), uuid4(), uuid4()
    ring = Keyring(RootKey(os.urandom(32)), drawer, os.urandom)
    drawer.kept[(practice, practice)] = ring.new_practice(practice).wrapped
    drawer.kept[(practice, owner)] = (await ring.new_owner(practice, owner)).wrapped
    del drawer.kept[(practice, owner)]
    ring.forget(practice, owner)
    with pytest.raises(KeyGone):
        await ring.key(practice, owner)


async def test_what_is_known_of_practices_is_bounded_and_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "CACHED_PRACTICES", 2)
    drawer, root = Drawer(), RootKey(os.urandom(32))
    ring = Keyring(root, drawer, os.urandom, capacity=2)
    practices = [uuid4() for _ in range(5)]
    for practice in practices:
        drawer.kept[(practice, practice)] = ring.new_practice(practice).wrapped
        drawer.kept[(practice, owner_in(practice))] = (
            await ring.new_owner(practice, owner_in(practice))
        ).wrapped
    for practice in practices:
        await ring.key(practice, owner_in(practice))
        assert len(ring._practices) == 2


def owner_in(practice: UUID) -> UUID:
    """One owner of each practice."""
    return UUID(int=practice.int ^ 1)


async def test_the_cache_is_bounded() -> None:
    drawer, practice = Drawer(), uuid4()
    ring = Keyring(RootKey(os.urandom(32)), drawer, os.urandom, capacity=3)
    drawer.kept[(practice, practice)] = ring.new_practice(practice).wrapped
    owners = [uuid4() for _ in range(10)]
    for owner in owners:
        drawer.kept[(practice, owner)] = (await ring.new_owner(practice, owner)).wrapped
    assert sum(ring.ready(practice, o) is not None for o in owners) == 3
    await ring.prefetch(practice, owners[:2])
    assert all(ring.ready(practice, o) for o in owners[:2])


def test_look_ups_are_keyed_and_kinds_do_not_mix() -> None:
    one, other = InstallationKey(bytes(32)), InstallationKey(os.urandom(32))
    assert one.lookup("email", "a@b.example") == one.lookup("email", "a@b.example")
    assert one.lookup("email", "x") != one.lookup("username", "x")
    assert one.lookup("email", "x") != other.lookup("email", "x")
