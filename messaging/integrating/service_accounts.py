"""Service accounts: programs of others that act in a practice, by a token, as far as their scopes reach and no further.

One acts as an administrator would, in what its scopes name. It is nobody who signs in: it has no pages and no live channel,
stands in no list of people, counts as no administrator, and never comes to the rights of a person (`must_leave_alone`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from messaging.errors import Conflict, Malformed, NotFound, NotSignedIn
from messaging.ids import PersonId, PracticeId, SignInId
from messaging.memory.integrating import StoredServiceAccount
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.office import Office
from messaging.people import Person, Role
from messaging.trust.encryption import Place
from messaging.trust.noted import Noted
from messaging.trust.tokens import SECRET_BYTES, Token, new_token, read_token

SEALED: Final = "service_accounts.sealed"
MOST: Final = 50
NAME: Final = 100
REQUEST: Final = timedelta(minutes=1)
"""How long one holds that is being answered."""


class Scope(StrEnum):
    """What a service account may reach."""

    EVENTS = "events"
    """Read events, and say where they are posted to."""
    PEOPLE = "people"
    """List, add, change and invite people."""
    CONVERSATIONS = "conversations"
    """Begin conversations, and say who belongs to them and when letters are answered."""
    PROVISION = "provision"
    """Add people and conversations, and read nothing."""


class TooManyAccounts(Conflict):
    """Each is a key to the house."""

    words = f"There are {MOST} service accounts already. Please remove one first."


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A program, by the name it was given."""

    practice: PracticeId
    id: UUID
    name: str = field(repr=False)
    scopes: frozenset[Scope]
    created_at: datetime

    @property
    def as_person(self) -> Person:
        """As the acts know who asks: an administrator who is in no list of people."""
        return Person(self.practice, PersonId(self.id), Role.ADMINISTRATOR, self.name)

    def as_sign_in(self, now: datetime) -> StoredSignIn:
        """As who asks is signed in: by a token, for this request, and stepped up for nothing."""
        return StoredSignIn(
            practice=self.practice,
            id=SignInId(self.id),
            person=PersonId(self.id),
            kind=SignInKind.BEARER,
            created_at=self.created_at,
            seen_at=now,
            expires_at=now + REQUEST,
        )


async def add_account(
    office: Office, by: Person, name: str, scopes: Sequence[Scope]
) -> tuple[ServiceAccount, Token]:
    """A new one, and its token, which is shown once. Raises NotFound, Malformed, Conflict, Busy."""
    must_administer(by)
    name = " ".join(name.split())
    if not name or len(name) > NAME or not name.isprintable():
        raise Malformed(f"`name` is a text of 1 to {NAME} characters.")
    if not scopes:
        raise Malformed("Name at least one scope.")
    made = ServiceAccount(by.practice, office.new_id(), name, frozenset(scopes), office.clock())
    token = new_token(by.practice, office.random(SECRET_BYTES))
    key = await office.keyring.key(by.practice, by.practice)
    held = json.dumps({"name": name, "scopes": sorted(made.scopes)}).encode()
    sealed = office.keyring.seal(key, _place(by.practice, made.id), held)
    stored = StoredServiceAccount(by.practice, made.id, made.created_at, sealed)
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.SERVICE_ACCOUNT_ADDED, made.id)
    if not await office.memory.service_accounts.add(stored, token.hash, MOST):
        raise TooManyAccounts
    return made, token


async def accounts_of(office: Office, by: Person) -> list[ServiceAccount]:
    """All of the practice. Raises NotFound, Busy."""
    must_administer(by)
    found = await office.memory.service_accounts.all_of(by.practice)
    return [await _open(office, one) for one in found]


async def account_of(office: Office, by: Person, account: UUID) -> ServiceAccount:
    """One. Raises NotFound, Busy."""
    must_administer(by)
    found = await office.memory.service_accounts.find(by.practice, account)
    if found is None:
        raise NotFound
    return await _open(office, found)


async def remove_account(office: Office, by: Person, account: UUID) -> None:
    """Its token opens nothing from now on. Raises NotFound, Busy."""
    await account_of(office, by, account)
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.SERVICE_ACCOUNT_REMOVED, account)
    await office.memory.service_accounts.remove(by.practice, account)


async def account_showing(office: Office, shown: str) -> ServiceAccount:
    """Whose token this is. Raises NotSignedIn, Busy."""
    token = read_token(shown)
    found = await office.memory.service_accounts.by_token(token.practice, token.hash) if token else None
    if found is None:
        raise NotSignedIn
    return await _open(office, found)


class OwnWayIn(Conflict):
    """What a program may not do though an administrator may."""

    words = "They have a way in of their own, so only a person may change their address or invite them anew."


async def must_leave_alone(office: Office, by: Person, person: PersonId, *, way_in: bool) -> None:
    """A program must not come by a person's way in. It touches no administrator; and, where it is about a `way_in` (an
    address, an invitation), nobody who has a password. Raises NotFound, OwnWayIn, Busy.
    """
    found = await office.memory.people.find(by.practice, [person])
    if not found or found[0].role is Role.ADMINISTRATOR:
        raise NotFound
    if way_in and found[0].password_hash is not None:
        raise OwnWayIn


def must_administer(person: Person) -> None:
    """Raises NotFound for who does not."""
    if person.role is not Role.ADMINISTRATOR:
        raise NotFound


def _place(practice: PracticeId, account: UUID) -> Place:
    return Place(SEALED, practice, practice, account)


async def _open(office: Office, stored: StoredServiceAccount) -> ServiceAccount:
    key = await office.keyring.key(stored.practice, stored.practice)
    held: dict[str, Any] = json.loads(key.open(_place(stored.practice, stored.id), stored.sealed))
    scopes = frozenset(Scope(one) for one in held["scopes"])
    return ServiceAccount(stored.practice, stored.id, held["name"], scopes, stored.created_at)
