"""Where each client of a session stands with their check-in: asked, answered, let in; and what they answered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from messaging.conversations import Circle, Session
from messaging.errors import NotFound
from messaging.ids import PersonId, PracticeId, SessionId
from messaging.memory.check_ins import StoredCheckIn
from messaging.office import Office
from messaging.people import Person
from messaging.sessions.at_hand import ROOM_OPENS
from messaging.trust.access import Deed, Pass
from messaging.trust.code_words import WordVerdict
from messaging.trust.encryption import CannotOpen, Place

CHECK_IN: Final = "check_ins.sealed"
LOOKED_THROUGH: Final = 20
"""A person's latest steps in which the last answers are looked for; most are answers."""
STEPS_LOOKED_THROUGH: Final = 60
"""Of everybody in a conversation: the last sessions of a group."""
UNREADABLE: Final = "[This check-in could not be opened. Please tell the practice.]"


class Step(StrEnum):
    """What a check-in's row says happened."""

    ANSWERED = "answered"
    ASKED = "asked"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a client answered. `region` is an ISO 3166-1 code, `phone` empty where none was given."""

    place: str = field(default="", repr=False)
    region: str = field(default="", repr=False)
    alone: bool = False
    phone: str = field(default="", repr=False)
    word: WordVerdict = field(default=WordVerdict.NOT_GIVEN, repr=False)


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One step, opened."""

    id: UUID
    session: SessionId
    person: PersonId
    at: datetime
    step: Step
    answers: Answers = field(default=Answers(), repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """One client's steps in one session, in order of time."""

    person: Person
    steps: tuple[CheckIn, ...] = ()

    @property
    def answered(self) -> CheckIn | None:
        """Their latest answers."""
        return next((one for one in reversed(self.steps) if one.step is Step.ANSWERED), None)

    @property
    def last(self) -> CheckIn | None:
        """The latest step."""
        return self.steps[-1] if self.steps else None

    @property
    def missing(self) -> bool:
        """Whether they are still to check in: never did, or were asked again since."""
        return self.last is None or self.last.step is Step.ASKED


async def standings(office: Office, held: Pass, circle: Circle, session: Session) -> tuple[Standing, ...]:
    """Every client's, for those who care for them. Raises NotFound for everyone else."""
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    found = await _of_session(office, held, session)
    return tuple(
        Standing(client, tuple(one for one in found if one.person == client.id)) for client in circle.clients
    )


async def own_standing(office: Office, held: Pass, circle: Circle, session: Session) -> Standing:
    """The asker's own; of a couple's other half nothing."""
    found = await _of_session(office, held, session)
    return Standing(circle.people[held.person], tuple(one for one in found if one.person == held.person))


async def last_check_in(office: Office, held: Pass, named: UUID | None = None) -> CheckIn | None:
    """What the asker answered the last time, in whichever session of this conversation; or then, as `named`."""
    stored = await office.memory.check_ins.latest(held, LOOKED_THROUGH)
    opened = await _opened(office, held, stored)
    usable = (one for one in opened if one.step is Step.ANSWERED and one.answers.place != UNREADABLE)
    return next((one for one in usable if named in (None, one.id)), None)


async def answers_in(office: Office, held: Pass) -> dict[PersonId, CheckIn]:
    """Each client's latest answers in any session of the conversation, for who cares. Raises NotFound, Busy."""
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    found: dict[PersonId, CheckIn] = {}
    stored = await office.memory.check_ins.newest(held, STEPS_LOOKED_THROUGH)
    for one in await _opened(office, held, stored):
        if one.step is Step.ANSWERED:
            found.setdefault(one.person, one)
    return found


async def _of_session(office: Office, held: Pass, session: Session) -> list[CheckIn]:
    """Of a session that was moved only what was answered for its new time: who was at home then may be elsewhere now."""
    stored = await office.memory.check_ins.of_session(held, session.id)
    since = min(session.starts, session.opened_at or session.starts) - ROOM_OPENS
    return await _opened(office, held, [one for one in stored if one.at >= since])


async def _opened(office: Office, held: Pass, stored: Sequence[StoredCheckIn]) -> list[CheckIn]:
    """Opened one by one: one that does not open must not take its neighbours with it."""
    key = await office.keyring.key(held.practice, held.conversation)
    opened = []
    for one in stored:
        try:
            step, answers = decode(key.open(place_of(held.practice, held.conversation, one.id), one.sealed))
        except CannotOpen:
            step, answers = Step.ANSWERED, Answers(place=UNREADABLE, word=WordVerdict.NOT_COMPARED)
        opened.append(CheckIn(one.id, one.session, one.person, one.at, step, answers))
    return opened


def place_of(practice: PracticeId, conversation: UUID, check_in: UUID) -> Place:
    """Where a check-in is sealed: under its conversation's key, so that erasing the one erases the other."""
    return Place(CHECK_IN, practice, conversation, check_in)


def encode(step: Step, answers: Answers) -> bytes:
    """As sealed."""
    held = {
        "s": step,
        "p": answers.place,
        "r": answers.region,
        "a": answers.alone,
        "t": answers.phone,
        "w": answers.word,
    }
    return json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode()


def decode(raw: bytes) -> tuple[Step, Answers]:
    """The inverse of `encode`."""
    held = json.loads(raw)
    answers = Answers(held["p"], held["r"], held["a"], held["t"], WordVerdict(held["w"]))
    return Step(held["s"]), answers
