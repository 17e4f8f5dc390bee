"""Founding the demonstration's practice, once; finding it again later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from channels.email.workers.reading_room import ReadingRoom
from messaging.conversations import AnswerRule, Member
from messaging.errors import Conflict
from messaging.ids import ConversationId, PracticeId
from messaging.inbox.listing import inbox
from messaging.office import Office
from messaging.people import Identity, Person, Practice, Role
from messaging.practice.founding import (
    NewPerson,
    NewPractice,
    add_person,
    begin_conversation,
    found_practice,
    person_by_username,
    practice_by_slug,
    practice_named,
)
from messaging.practice.operating import practice_ids
from messaging.record.reading import people_named
from web.demo.arranged import arrange_them
from web.demo.due import answered_today
from web.demo.history import scenes
from web.demo.linden import keep_live
from web.demo.mailroom import Mailroom
from web.demo.newcomers import add_newcomers, keep_one_invited
from web.demo.noted import NOTED
from web.demo.people import CHARACTERS, FILES, LATER, PASSWORD, PRACTICE, SLUG, ZONE, Character, File
from web.demo.scenes import answering_day
from web.demo.telling import Carrier, Post, Stage, tell
from web.state import House

FOUNDED: Final = timedelta(days=40)
"""How long the practice has been there at the first start: before the first letter."""
FOR_EVER: Final = timedelta(days=36_500)
"""The demonstration asks nobody for a second factor: it shows what there is, and there is nothing to lose."""
REAL: Final = (
    "There is a real practice here. Give the demonstration a data directory of its own (QUIETLINE_DATA_DIR)."
)
NO_RELAY: Final = "The demonstration has a mail server of its own; it was not started."
UNFINISHED: Final = (
    "The first start of this demonstration was broken off. Empty its data directory and start it again."
)


async def play(built: House, room: Mailroom, slug: str = SLUG) -> Stage:
    """The practice, founded or found, with Linden's session live. Raises Conflict."""
    office = built.office
    practice = await practice_by_slug(office, slug)
    # Its passwords are known to everyone: never beside people who are real, whoever was here first.
    if slug == SLUG and set(await practice_ids(office)) - {practice}:
        raise Conflict(REAL)
    if practice is None:
        stage = await found(office, slug)
        await _tell(built, stage, room)
        await arrange_them(stage)
        stage = replace(stage, practice=await add_newcomers(office, stage.people))
    else:
        stage = await find(office, practice)
    await keep_one_invited(office, stage.people)
    await keep_live(stage)
    return stage


async def _tell(built: House, stage: Stage, room: Mailroom) -> None:
    relay = built.settings.mail.relay
    if relay is None:
        raise Conflict(NO_RELAY)
    reading, carrier = ReadingRoom(1), Carrier(stage.office, relay)
    try:
        today = stage.now.astimezone(stage.zone).date()
        post = Post(built.settings.mail, reading, room, carrier)
        await tell(stage, (*scenes(answering_day(today)), *NOTED), post)
    finally:
        await carrier.close()
        await reading.close()


async def found(office: Office, slug: str) -> Stage:
    """Practice, people and conversations, as they were before the first letter."""
    now = office.clock()
    then = replace(office, clock=lambda: now - FOUNDED, random=_ascending(office.random))
    practice = await found_practice(then, NewPractice(slug, PRACTICE, ZONE))
    people = {one.username: await _add(then, practice, one) for one in CHARACTERS}
    files = {one.name: await _begin(then, practice, people, one, now) for one in FILES}
    return Stage(office, practice, people, files, now)


def _ascending(random: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Ids in the order of their making: who joins at one moment is listed by id, and it is Ben and Tess."""
    made = count()

    def ascending(size: int) -> bytes:
        return next(made).to_bytes(2, "big") + random(size - 2)

    return ascending


async def _add(office: Office, practice: Practice, one: Character) -> Person:
    identity = Identity.SEALED if one.sealed else Identity.IDENTIFIED
    new = NewPerson(
        one.role,
        one.username,
        one.sealed or one.name,
        one.email,
        PASSWORD,
        one.mode,
        grace=FOR_EVER,
        identity=identity,
        pseudonym=one.name if one.sealed else "",
    )
    return await add_person(office, practice.id, new)


async def _begin(
    office: Office, practice: Practice, people: dict[str, Person], file: File, now: datetime
) -> ConversationId:
    members = tuple(Member(people[name].id, people[name].role) for name in file.members)
    today = now.astimezone(ZoneInfo(practice.time_zone)).date()
    rule = answered_today(file.name, today) or AnswerRule()
    if file.name == "ruth":
        rule = AnswerRule(weekday=(today + timedelta(days=answering_day(today))).weekday())
    made = await begin_conversation(office, practice.id, file.kind, members, rule)
    return made.id


async def _take_in_later(office: Office, practice: Practice) -> None:
    """Who is not here yet because an earlier program founded it; nobody, where it lacks others too."""
    ids = {one.username: await person_by_username(office, practice.id, one.username) for one in CHARACTERS}
    if {name for name, person in ids.items() if person is None} != LATER:
        return
    known = await people_named(office, practice.id, [person for person in ids.values() if person])
    people = {name: known[person] for name, person in ids.items() if person is not None}
    people |= {one.username: await _add(office, practice, one) for one in CHARACTERS if one.username in LATER}
    for file in FILES:
        if file.name in LATER:
            await _begin(office, practice, people, file, office.clock())


async def find(office: Office, practice_id: PracticeId) -> Stage:
    """Everyone of an earlier start. Raises Conflict when that was broken off."""
    practice = await practice_named(office, practice_id)
    if practice is not None:
        await _take_in_later(office, practice)
    ids = [await person_by_username(office, practice_id, one.username) for one in CHARACTERS]
    known = await people_named(office, practice_id, [one for one in ids if one])
    if practice is None or len(known) != len(CHARACTERS):
        raise Conflict(UNFINISHED)
    people = {one.username: known[name] for one, name in zip(CHARACTERS, ids, strict=True) if name}
    names = {person.id: username for username, person in people.items()}
    files = {}
    for line in await inbox(office, people["mira"]):
        clients = [m.person for m in line.conversation.members if m.role is Role.CLIENT]
        # A couple's conversation is called after whoever of them comes first among the characters.
        files[min((names[one] for one in clients if one in names), default="")] = line.conversation.id
    if not files.keys() >= {one.name for one in FILES}:
        raise Conflict(UNFINISHED)
    return Stage(office, practice, people, files, office.clock())
