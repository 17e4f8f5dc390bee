"""Words are where they belong and nowhere else: every address of the program, asked by everybody who may not read them.

A conversation is filled with marked words, by every way in which words come into one. Then every route, enumerated from the
program's own tables, is asked with the ids of that conversation as each kind of person who is not to read them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, get_args
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from starlette.routing import Route

from channels.chat import frames
from messaging.arriving.screening import attach
from messaging.conversations import Session
from messaging.exporting.making import make_next
from messaging.exporting.record import ExportFormat
from messaging.ids import ConversationId, ExportId, PersonId
from messaging.letters.drafts import DraftKind, Writing, keep
from messaging.letters.sending_later import When, keep_pending
from messaging.letters.writing import Letter, write_letter
from messaging.memory.exporting import ExportState, NewExport
from messaging.notes.note import Written
from messaging.notes.process import write_own
from messaging.notes.progress import write_note
from messaging.people import Person, Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.circles import join_circle, leave_circle
from messaging.practice.founding import NewPerson, add_person
from messaging.record.posting import say
from messaging.record.reading import entries_after, people_named
from messaging.sessions.closing import Closing, close_with
from messaging.sessions.holding import end_session
from messaging.trust.access import Deed, Pass
from tests.cast import Cast, found_cast
from tests.conftest import RunningServer
from tests.journeys.talking import talking
from tests.journeys.test_live_chat import begin_session
from tests.web.hostile import Door, as_json
from tests.web.pages.staff.test_files import held_letter
from threads.tables.conversations import members
from web.api.routes import ROUTES as API
from web.exporting.in_the_background import form_of
from web.pages.routes import ROUTES as PAGES

CANARY = "kingfisher"
PREFIX = "/api/v1"
MARKED = {"chat", "letter", "subject", "mail", "closing", "draft", "pending", "note", "own"}
"""Ways in which words come into a conversation. Each has its own mark."""
NOT_OF_A_CONVERSATION = {
    "name:path",
    "slug",
    "sign_in",
    "passkey",
    "person",
    "address",
    "slot",
    "deed",
    "act",
    "webhook",
    "account",
    "release",
    "document",
    "name",
    "measure",
    "assignment",
    "form",
    "absence",
    "snippet",
}
"""Parts of an address that name nothing of this record; filled with what fits. (Two together release nothing: a record that
is released is tried from every side in `tests/messaging/releasing`.)"""
GONE = {401, 403, 404, 405, 409, 413, 415, 422}


@dataclass
class Filled:
    """The conversation of Ben and Tess with everything in it, and the ids by which it may be asked for."""

    cast: Cast
    conversation: ConversationId
    session: Session
    last: int = 0
    files: list[UUID] = field(default_factory=list)
    letters: list[UUID] = field(default_factory=list)
    mails: list[UUID] = field(default_factory=list)
    exports: list[UUID] = field(default_factory=list)
    notes: list[UUID] = field(default_factory=list)
    """A progress note, and a process note of Dr Mira's."""

    def parts(self, name: str) -> list[str]:
        """What may stand in the place of a part of an address."""
        match name:
            case "conversation":
                return [str(self.conversation)]
            case "number":
                return [str(number) for number in range(1, self.last + 1)]
            case "session":
                return [str(self.session.id)]
            case "file" | "attachment":
                return [str(one) for one in self.files]
            case "letter" | "draft" | "held":
                return [str(one) for one in self.letters]
            case "note":
                return [str(one) for one in self.notes]
            case "export":
                return [str(one) for one in self.exports]
            case "mail":
                return [str(one) for one in (*self.mails, uuid4())]
            case _:
                assert name in NOT_OF_A_CONVERSATION, f"a part of an address that no sweep knows: {name}"
                return [str(uuid4())]


async def filled(cast: Cast) -> Filled:
    office, conversation = cast.office, cast.conversation("ben")
    await begin_session(cast, "ben")
    held, circle = await cast.enter("ben", "ben", Deed.SAY)
    await say(office, held, uuid4(), f"{CANARY}-chat")
    assert circle.conversation.live is not None
    live = circle.conversation.live
    caring, circle = await cast.enter("mira", "ben", Deed.HOLD_SESSION)
    await close_with(office, caring, live, Closing(uuid4(), f"{CANARY}-closing"))
    await end_session(office, caring, live)
    writing, circle = await cast.enter("ben", "ben", Deed.WRITE)
    await write_letter(office, writing, circle, Letter(uuid4(), f"{CANARY}-letter", f"{CANARY}-subject"))
    mailed = await held_letter(cast, f"{CANARY}-mail", "ben")
    settling, _ = await cast.enter("mira", "ben", Deed.SETTLE)
    await attach(office, settling, mailed, cast["ben"].id)
    answering, circle = await cast.enter("mira", "ben", Deed.WRITE)
    draft, pending = uuid4(), uuid4()
    await keep(office, answering, Writing(draft, DraftKind.LETTER, f"{CANARY}-draft"))
    later = When(send_at=office.clock() + timedelta(days=2))
    await keep_pending(office, answering, Letter(pending, f"{CANARY}-pending"), later)
    found = Filled(cast, conversation, live)
    reading, circle = await cast.enter("mira", "ben")
    entries = await entries_after(office, reading, 0)
    found.last = circle.conversation.last_number
    found.files = [note.id for one in entries for note in one.body.attachments]
    found.letters = [draft, pending, mailed, *(one.id for one in entries)]
    assert found.files
    noting, _ = await cast.enter("mira", "ben", Deed.NOTE)
    progress, _ = await write_note(office, noting, Written(uuid4(), f"{CANARY}-note"))
    process, _ = await write_own(office, noting, Written(uuid4(), f"{CANARY}-own"))
    found.notes = [progress.id, process.id]
    found.exports = [await an_export(cast, answering)]
    return found


async def an_export(cast: Cast, held: Pass) -> UUID:
    """The whole record, made and ready for Dr Mira."""
    office, form = cast.office, ExportFormat.JSON
    new = NewExport(ExportId(uuid4()), form.value, uuid4(), office.clock())
    assert await office.memory.exports.ask(held, new, 1)
    while (found := await office.memory.exports.find(held.practice, held.person, new.id)) is not None:
        if found.state is ExportState.READY:  # by our hand, or by that of a server beside us
            return new.id
        await make_next(office, form_of)
    raise AssertionError("it was lost")


def everywhere() -> Iterator[tuple[str, str]]:
    """Every method and address there is."""
    for prefix, routes in (("", PAGES), (PREFIX, API.routes)):
        for one in routes:
            if isinstance(one, Route):
                for method in sorted((one.methods or set()) - {"HEAD"}):
                    yield method, prefix + one.path


def instances(world: Filled, template: str) -> list[str]:
    """The addresses of a route with the ids of that conversation in it."""
    found = [template]
    while any("{" in one for one in found):
        found = [
            one.replace(one[one.index("{") : one.index("}") + 1], part, 1)
            for one in found
            for part in world.parts(one[one.index("{") + 1 : one.index("}")])
        ]
    return found


QUERIES = ("", "?after=0", "?before=1000", "?q=kingfisher&conversation={conversation}&kind=letter")


PAGED = ("/entries", "/messages", "/drafts", "/letters")
"""Places that take the like."""


@dataclass
class Asker:
    """Somebody who asks; `inside`: they belong to the conversation, but not to what was said before they came."""

    name: str
    token: str
    inside: bool = False
    administers: bool = False


ADMINISTERED = {
    "/conversations/{conversation}/answer-rule",
    "/conversations/{conversation}/end",
    "/conversations/{conversation}/members",
    "/conversations/{conversation}/members/{person}",
    "/conversations/{conversation}/members/{person}/start",
    "/admin/people/circles/{conversation}",
    *(
        f"/admin/people/circles/{{conversation}}/{deed}"
        for deed in ("join", "leave", "ask", "answer", "end", "begin-again")
    ),
}
"""What an administrator of the practice does with a conversation: who belongs to it, and when letters are answered."""


async def read_everything(world: Filled, person: PersonId) -> None:
    """As if all in care had said yes to it."""
    people: Any = world.cast.office.memory.people
    async with people._database.within(world.cast.practice.id) as connection:
        theirs = members.c.person_id == person
        await connection.execute(update(members).where(theirs).values(first_number=1))


async def askers(world: Filled, elsewhere: Cast) -> list[Asker]:
    cast, office, nour = world.cast, world.cast.office, world.cast["nour"]
    slug, practice = cast.practice.slug, cast.practice.id

    async def new(role: Role, name: str) -> Person:
        return await add_person(office, practice, NewPerson(role, f"{name}-{slug}", name))

    joined = [await new(Role.PSYCHIATRIST, "joined"), await new(Role.CLIENT, "joined client")]
    former = await new(Role.THERAPIST, "former")
    for one in (*joined, former):
        await join_circle(office, nour, world.conversation, one.id)
    await read_everything(world, former.id)
    await leave_circle(office, nour, world.conversation, former.id)
    gone = await new(Role.THERAPIST, "gone")
    await join_circle(office, nour, world.conversation, gone.id)
    await read_everything(world, gone.id)
    gone_token = await cast.token_of(gone)
    await change_person(office, nour, gone.id, Changes(active=False))
    others = [await new(role, f"other {role}") for role in Role]
    named = await people_named(office, practice, [one.id for one in (*joined, former, *others)])
    found = [
        Asker(
            f"{one.name} ({one.role})",
            await cast.token_of(named[one.id]),
            inside=one in joined,
            administers=one.role is Role.ADMINISTRATOR,
        )
        for one in (*joined, former, *others)
    ]
    found += [Asker(name, await cast.token(name)) for name in ("ruth", "eli", "omar")]
    found.append(Asker("nour", await cast.token("nour"), administers=True))
    found += [Asker(f"{name} elsewhere", await elsewhere.token(name)) for name in ("mira", "ben", "nour")]
    return [*found, Asker("gone", gone_token), Asker("nobody", "")]


def headers_of(asker: Asker, form: bool) -> dict[str, str]:
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    shown = {"authorization": f"Bearer {asker.token}"} if asker.token else {}
    return {**shown, "content-type": kind, "sec-fetch-site": "same-origin"}


@pytest.fixture
async def world(cast: Cast) -> Filled:
    return await filled(cast)


async def test_every_way_of_words_is_marked_and_found_by_who_may_read(world: Filled) -> None:
    """A sweep that looks for marks nobody could find would prove nothing."""
    door = Door(world.cast.house)
    mira = Asker("mira", await world.cast.token("mira"))
    seen = set[str]()
    for method, template in everywhere():
        for path in instances(world, template) if method == "GET" else ():
            for query in QUERIES if template.endswith(PAGED) else QUERIES[:1]:
                asked = path + query.replace("{conversation}", str(world.conversation))
                reply = await door.ask("GET", asked, b"", headers_of(mira, form=False))
                seen |= {
                    mark for mark in MARKED if f"{CANARY}-{mark}" in reply.body.decode("utf-8", "replace")
                }
    assert seen == MARKED


async def test_nobody_else_is_told_a_marked_word_at_any_address(world: Filled, built: object) -> None:
    door, told, asked = Door(world.cast.house), list[str](), 0
    elsewhere = await found_cast(world.cast.house)
    for asker in await askers(world, elsewhere):
        for method, template in everywhere():
            if method != "GET":
                continue
            for path in instances(world, template):
                for query in QUERIES if template.endswith(PAGED) else QUERIES[:1]:
                    place = path + query.replace("{conversation}", str(world.conversation))
                    reply = await door.ask("GET", place, b"", headers_of(asker, form=False))
                    asked += 1
                    text = reply.body.decode("utf-8", "replace")
                    of_it = "{conversation}" in template and not asker.inside
                    of_it = of_it and not (
                        asker.administers and template.removeprefix(PREFIX) in ADMINISTERED
                    )
                    if (
                        CANARY in text.replace(f"q={CANARY}", "")
                        or reply.fault
                        or (of_it and reply.status == 200)
                    ):
                        told.append(f"{asker.name} {place}: {reply.status} {reply.fault}")
    assert told[:40] == []
    assert asked > 1_000


BODIES: tuple[Mapping[str, object], ...] = (
    {},
    {"key": str(uuid4()), "text": "an intruder's words"},
    {"key": str(uuid4()), "number": 1},
    {"key": str(uuid4()), "alone": True, "place": "elsewhere", "region": "AT"},
    {"starts": "2031-01-01T10:00:00+01:00", "minutes": 50, "key": str(uuid4())},
    {"weekday": "friday"},
    {"from": "start"},
)


BACK = {"/screener/{held}/refuse": "/screener"}
"""Where one comes back to one's own place, whatever the id: what is not there, or not any more, is not to be refused."""


async def test_nobody_else_changes_anything_at_any_address(world: Filled) -> None:
    """What would be right for who belongs there is refused to everybody else, and leaves everything as it was."""
    cast, door, done = world.cast, Door(world.cast.house), list[str]()
    elsewhere = await found_cast(cast.house)
    outside = [one for one in await askers(world, elsewhere) if not one.inside]
    _, circle = await cast.enter("mira", "ben")
    before = (circle.conversation.last_number, circle.conversation.revision, circle.conversation.members)
    for asker in outside:
        for method, template in everywhere():
            if asker.administers and template.removeprefix(PREFIX) in ADMINISTERED:
                continue
            if method == "GET" or not any(
                part in template for part in ("{conversation}", "{session}", "{draft}", "{held}")
            ):
                continue
            is_api = template.startswith(PREFIX)
            for path in instances(world, template)[:1]:
                for body in BODIES:
                    sent = (
                        as_json(body) if is_api else urlencode({k: str(v) for k, v in body.items()}).encode()
                    )
                    reply = await door.ask(method, path, sent, headers_of(asker, form=not is_api))
                    sent_on = reply.headers.get("location", "") if reply.status == 303 else None
                    back = sent_on is not None and (not asker.token or sent_on == BACK.get(template))
                    if (reply.status not in GONE and not back) or reply.fault:
                        done.append(f"{asker.name} {method} {path}: {reply.status} {reply.fault}")
    _, circle = await cast.enter("mira", "ben")
    assert sorted(set(done))[:40] == []
    assert before == (
        circle.conversation.last_number,
        circle.conversation.revision,
        circle.conversation.members,
    )


FRAMES: Mapping[type, Mapping[str, object]] = {
    frames.Open: {"after": 0},
    frames.Say: {"key": uuid4(), "text": "an intruder's words"},
    frames.Typing: {},
    frames.Read: {"number": 1},
    frames.Shut: {},
    frames.Ping: {},
    frames.Here: {},
    frames.Gesture: {"word": frames.Word.THINKING.value},
    frames.Company: {"doing": frames.Doing.WRITING.value},
    frames.Correct: {"key": uuid4(), "number": 2, "text": "an intruder's words"},
    frames.Withdraw: {"key": uuid4(), "number": 2},
}
"""Each frame a browser may send, as it would be right in that conversation."""


def test_every_frame_is_swept() -> None:
    assert FRAMES.keys() == set(get_args(frames.FromBrowser))


async def test_nobody_else_is_told_or_heard_in_a_live_session(world: Filled, server: RunningServer) -> None:
    cast = world.cast
    elsewhere = await found_cast(cast.house)
    await begin_session(cast, "ben")
    asking = [one for one in await askers(world, elsewhere) if one.token and one.name != "gone"]
    last = (await cast.enter("ben", "ben"))[1].conversation.last_number
    async with talking(server, await cast.token("ben")) as ben:
        await ben.open(world.conversation)
        await ben.so_far()
        for asker in asking:
            async with talking(server, asker.token) as line:
                for kind, fields in FRAMES.items():
                    tag = kind.__struct_config__.tag  # type: ignore[attr-defined]
                    if asker.inside and kind not in (frames.Open, frames.Read):
                        continue
                    named = (
                        {"conversation": world.conversation} if "conversation" in kind.__annotations__ else {}
                    )
                    await line.send(tag, **named, **fields)
                await line.so_far()
                about = [one for one in line.heard if one.get("conversation") == str(world.conversation)]
                assert CANARY not in str(line.heard), asker.name
                if not asker.inside:
                    assert {one["type"] for one in about} <= {"refused"}, (asker.name, about)
        await ben.so_far()
        signs = [one for one in ben.heard if one["type"] in ("typing", "sign", "company")]
        assert signs + [one for one in ben.heard if one.get("number", 0) > last] == []
