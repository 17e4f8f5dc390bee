"""The named cast of the tests: a practice, those who care and those in care. Every test has a practice of its own."""

import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from uuid import UUID

from messaging.conversations import Circle, Conversation, Kind, Member
from messaging.entrance.signing_in import begin
from messaging.ids import ConversationId
from messaging.memory.sign_ins import SignInKind
from messaging.office import Asking, Office
from messaging.people import EmailMode, Person, Practice, Role
from messaging.practice.founding import NewPerson, NewPractice, add_person, begin_conversation, found_practice
from messaging.record.reading import enter
from messaging.trust.access import Deed, Pass
from messaging.trust.passwords import hash_password
from web.fair.desks import PasswordDesk
from web.state import House

PASSWORD = "a long enough password"


@dataclass
class Cast:
    """Dr Mira cares for Ruth, for Linden, and for Ben and Tess together; Nour administers; Eli is in other care."""

    house: House
    practice: Practice
    people: dict[str, Person] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)

    @property
    def office(self) -> Office:
        """The acts' office."""
        return self.house.office

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def conversation(self, name: str) -> ConversationId:
        """The conversation a client is in."""
        return self.conversations[name].id

    async def enter(self, who: str, conversation: str, deed: Deed = Deed.READ) -> tuple[Pass, Circle]:
        """Somebody is admitted to a client's conversation."""
        return await enter(self.office, self[who], self.conversation(conversation), deed)

    async def token(self, who: str) -> str:
        """A bearer token."""
        return await self.token_of(self[who])

    async def token_of(self, person: Person, kind: SignInKind = SignInKind.BEARER) -> str:
        """The same, of somebody who is not called by a name here; or what a browser of theirs would hold."""
        made = await begin(self.office, person.practice, person.id, kind, timedelta(hours=1))
        return made.text


PEOPLE = {
    "mira": (Role.THERAPIST, "Dr Mira"),
    "eli": (Role.THERAPIST, "Eli"),
    "nour": (Role.ADMINISTRATOR, "Nour"),
    "ruth": (Role.CLIENT, "Ruth"),
    "linden": (Role.CLIENT, "Linden"),
    "ben": (Role.CLIENT, "Ben"),
    "tess": (Role.CLIENT, "Tess"),
    "omar": (Role.CLIENT, "Omar"),
}

CONVERSATIONS = {
    "ruth": (Kind.INDIVIDUAL, ("ruth", "mira")),
    "linden": (Kind.INDIVIDUAL, ("linden", "mira")),
    "ben": (Kind.COUPLE, ("ben", "tess", "mira")),
    "omar": (Kind.INDIVIDUAL, ("omar", "eli")),
}


class HashedOnce(PasswordDesk):
    """The cast's one password is hashed once a run, not eight times a test: that was a third of all tests' time."""

    async def hash(self, password: str, asking: Asking) -> str:
        """The true hash of it."""
        return _hashed(password)


@cache
def _hashed(password: str) -> str:
    return hash_password(password)


async def found_cast(house: House, *, password: str | None = None) -> Cast:
    """A practice nobody else has, with everyone in it. With a password all can sign in by it."""
    slug = f"practice-{secrets.token_hex(5)}"
    office = replace(house.office, passwords=HashedOnce())
    practice = await found_practice(office, NewPractice(slug, "Haus Linde", "Europe/Vienna"))
    cast = Cast(house, practice)
    for username, (role, name) in PEOPLE.items():
        email = f"{username}.{slug}@mail.example" if role is Role.CLIENT else None
        mode = EmailMode.FULL if username == "ruth" else EmailMode.NOTICE
        new = NewPerson(role, f"{username}-{slug}", name, email, password, mode)
        cast.people[username] = await add_person(office, practice.id, new)
    for name, (kind, members) in CONVERSATIONS.items():
        chosen = tuple(Member(cast[m].id, cast[m].role) for m in members)
        cast.conversations[name] = await begin_conversation(office, practice.id, kind, chosen)
    return cast


def provisioning_lines(slug: str, clients: int) -> list[str]:
    """A caseload as `quietline provision` reads it: one therapist for all, every conversation live."""
    lines: list[dict[str, object]] = [{"practice": {"slug": slug, "name": "Haus Linde", "time_zone": "UTC"}}]
    named = [("therapist", "mira"), *[("client", f"client{i}") for i in range(clients)]]
    lines += [
        {"person": {"practice": slug, "role": role, "username": f"{name}-{slug}", "name": name}}
        for role, name in named
    ]
    for i in range(clients):
        members = {"clients": [f"client{i}-{slug}"], "clinicians": [f"mira-{slug}"]}
        lines.append({"conversation": {"practice": slug, "kind": "individual", **members}})
    lines += [
        {"session": {"practice": slug, "conversation": i, "minutes": 50, "state": "live"}}
        for i in range(clients)
    ]
    return [json.dumps(line) for line in lines]


def nobody() -> UUID:
    """An id that names nothing."""
    return UUID(bytes=secrets.token_bytes(16), version=4)
