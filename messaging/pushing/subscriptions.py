"""Which devices are told by push: each by its person's wish, in a browser they are signed in with that is only theirs."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from messaging.entrance.signing_in import SignedIn
from messaging.errors import Malformed, NotFound
from messaging.memory.pushing import StoredSubscription
from messaging.memory.sign_ins import SignInKind
from messaging.office import Office
from messaging.people import Person, Role
from messaging.pushing.sealing import DeviceKeys, exact_base64, plain_base64, read_device_keys
from messaging.trust.encryption import DataKey, Place

SEALED: Final = "push_subscriptions.sealed"
LASTS: Final = timedelta(days=30)
"""After so long without signing in on it, a device is told no more."""
MOST: Final = 10
"""Devices of one person."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a push service takes messages for one device, and for whose eyes they are sealed."""

    url: str = field(repr=False)
    keys: DeviceKeys = field(repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands: whether this browser may ask, whether it is told, and on how many devices its person is."""

    may: bool
    here: bool
    devices: int


def must_be_able(asking: SignedIn) -> None:
    """Raises NotFound for a program, an administrator, and on a device that others use too."""
    if not may_be_told(asking):
        raise NotFound


def may_be_told(asking: SignedIn) -> bool:
    """Whether this browser may be told at all."""
    known = asking.sign_in.kind is SignInKind.COOKIE and not asking.sign_in.shared
    return known and asking.person.role is not Role.ADMINISTRATOR


def read_endpoint(url: str, point: str, secret: str) -> Endpoint:
    """As a browser gives it. Raises Malformed."""
    try:
        return Endpoint(url, read_device_keys(point, secret))
    except ValueError:
        raise Malformed("These are not the keys of a push subscription.") from None


async def subscribe(office: Office, asking: SignedIn, endpoint: Endpoint) -> None:
    """This browser is told from now on. `endpoint.url` may be called: who asks has looked. Raises NotFound, Busy."""
    must_be_able(asking)
    person, made = asking.person, office.new_id()
    held = {
        "url": endpoint.url,
        "point": plain_base64(endpoint.keys.point),
        "secret": plain_base64(endpoint.keys.secret),
    }
    key = await office.keyring.key(person.practice, person.id)
    place = Place(SEALED, person.practice, person.id, made)
    stored = StoredSubscription(
        practice=person.practice,
        id=made,
        person=person.id,
        sign_in=asking.sign_in.id,
        created_at=office.clock(),
        sealed=office.keyring.seal(key, place, json.dumps(held).encode()),
    )
    await office.memory.subscriptions.keep(stored, MOST)


async def unsubscribe(office: Office, person: Person) -> None:
    """No device of theirs is told any more, wherever it lies. Twice is once. Raises Busy."""
    await office.memory.subscriptions.drop(person.practice, person.id)


async def standing(office: Office, asking: SignedIn) -> Standing:
    """How it stands for who asks. Raises Busy."""
    found = await told_devices(office, asking.person)
    here = any(one.sign_in == asking.sign_in.id for one in found)
    return Standing(may_be_told(asking), here, len(found))


async def told_devices(office: Office, person: Person) -> list[StoredSubscription]:
    """Those that would be told now."""
    since = office.clock() - LASTS
    return list(await office.memory.subscriptions.of_person(person.practice, person.id, since))


def open_endpoint(key: DataKey, stored: StoredSubscription) -> Endpoint:
    """As it was given. Raises CannotOpen."""
    place = Place(SEALED, stored.practice, stored.person, stored.id)
    held: dict[str, Any] = json.loads(key.open(place, stored.sealed))
    return Endpoint(
        held["url"], DeviceKeys(exact_base64(held["point"], 65), exact_base64(held["secret"], 16))
    )


def fresh(one: StoredSubscription, since: datetime, apart: timedelta) -> datetime | None:
    """From when on this device may be told of what happened at `since`; None: it has been told since then."""
    if one.told_at is None:
        return since
    return None if one.told_at >= since else one.told_at + apart
