"""The world of `every_state`, filled: each state of everything, in a conversation where it can be met."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from channels.email.sealing.opening import Signed
from messaging.conversations import Kind, SessionState
from messaging.exporting.record import ExportFormat
from messaging.fact_forms import OpenPgp
from messaging.facts import LetterFacts
from messaging.ids import SYSTEM
from messaging.leaving.keys import _keep as keep_key
from messaging.letters.drafts import DraftKind, Writing, keep
from messaging.letters.sending_later import When, keep_pending
from messaging.letters.writing import Letter
from messaging.memory.arriving import FileState, OriginalState
from messaging.memory.exporting import ExportState
from messaging.memory.leaving import MailForm, MailState
from messaging.memory.sending_later import PendingState
from messaging.messages import AttachmentNote, Body, Channel, EventName
from messaging.people import PublicPage, Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson, add_person
from messaging.practice.joining import InvitationState, invite_anew, people_of, withdraw_invitation
from messaging.record.reading import enter
from messaging.sessions.standings import Answers, Step, encode, place_of
from messaging.trust.access import Deed
from messaging.trust.code_words import WordVerdict
from messaging.trust.locks import KeySource, PublicKey, Standing
from tests.cast import Cast
from tests.web.every_state import LONG, STAFF, Line, World, facts_about, live, said, session_row
from threads.tables.conversations import conversations, members
from threads.tables.drafts import pending_letters
from threads.tables.exports import exports
from threads.tables.mail import originals, outbox
from threads.tables.record import attachments
from threads.tables.sessions import check_ins, sessions, slots
from web.pages.staff.screening import SENTENCES


async def found_world(cast: Cast) -> World:
    """Everything."""
    world = World(cast)
    for role, name in STAFF.items():
        if name not in cast.people:
            new = NewPerson(role, f"{name}-{cast.practice.slug}", name.title())
            cast.people[name] = await add_person(cast.office, cast.practice.id, new)
    for kind in Kind:
        await world.begin(kind.value, kind)
    for make in (
        _every_event,
        _every_mail,
        _every_session,
        _check_ins,
        _being_written,
        _held,
        _keys,
        _left,
        _over,
        _invited,
        _exports,
    ):
        await make(world)
    await cast.office.memory.people.set_practice(replace(cast.practice, page=PublicPage("Two of us.")))
    return world


async def _exports(world: World) -> None:
    """In each state and each form, of a client's own and of who cares; their files are in no world."""
    conversation = await world.begin("exports")
    states, forms = list(ExportState), list(ExportFormat)
    for person in (world.clients["exports"][0].id, world.cast["mira"].id):
        about = {"conversation_id": conversation, "person_id": person, "made_at": world.now()}
        rows = [
            {
                **about,
                "id": uuid4(),
                "mark": uuid4(),
                "state": state,
                "form": forms[place % len(forms)],
                "octets": 10**place,
                "expires_at": world.now() + timedelta(days=1),
            }
            for place, state in enumerate(states)
        ]
        await world.rows(exports, rows)


async def _over(world: World) -> None:
    """Care that has ended, with a letter from before and one from after."""
    conversation = await world.begin("over")
    client, mira = world.clients["over"][0].id, world.cast["mira"].id
    told = facts_about(EventName.CARE_ENDED, uuid4(), mira)
    lines = [
        Line(client, Body("Before."), Channel.EMAIL, letter=uuid4()),
        Line(SYSTEM, Body(event=EventName.CARE_ENDED, facts=told)),
        Line(client, Body("After."), letter=uuid4()),
    ]
    await world.write("over", lines)
    ended = world.now() - timedelta(seconds=90)
    await world.change(conversations, conversations.c.id == conversation, ended_at=ended)


async def _invited(world: World) -> None:
    """Clients with an invitation in each state, and of one who has left."""
    office, practice, nour = world.cast.office, world.cast.practice.id, world.cast["nour"]
    people = []
    for one in (*InvitationState, "left"):
        new = NewPerson(Role.CLIENT, f"invited-{one}-{world.cast.practice.slug}", f"{one} {LONG}"[:190])
        people.append(await add_person(office, practice, new))
    long_ago = replace(office, clock=lambda: world.now() - timedelta(days=9))
    await invite_anew(office, nour, people[0].id)
    await invite_anew(long_ago, nour, people[1].id)
    await invite_anew(office, nour, people[2].id)
    await withdraw_invitation(office, nour, people[2].id)
    await change_person(office, nour, people[3].id, Changes(active=False))
    states = {one.invitation[0] for one in await people_of(office, nour) if one.invitation}
    assert states == set(InvitationState)


async def _every_event(world: World) -> None:
    """Each caused by a client, a clinician, the server, and by who has left; chat and letters between them."""
    for kind in Kind:
        name, session = kind.value, uuid4()
        authors = [world.clients[name][0].id, world.cast["mira"].id, SYSTEM, uuid4()]
        lines = [
            Line(authors[0], Body("One."), Channel.CHAT, session),
            Line(authors[0], Body("Two."), Channel.CHAT, session),
            *(
                Line(authors[0], Body(f"> {text}\n\nYes."), channel)
                for text in ("Not ours.", "")
                for channel in Channel
            ),
        ]
        for event in EventName:
            facts = facts_about(event, session, authors[0])
            body = Body("Said." if event is EventName.CLOSING else "", event=event, facts=facts)
            amends = {EventName.CORRECTED: 1, EventName.WITHDRAWN: 2}.get(event)
            lines += [
                Line(author, body, session=session, amends=amends) for author in authors[: 1 if amends else 4]
            ]
        await world.write(name, lines)


async def _every_mail(world: World) -> None:
    """Letters with each state and form of their mail, file and signature."""
    conversation = await world.begin("mails")
    client = world.clients["mails"][0]
    both = [(state, form) for state in MailState for form in (*MailForm, None)]
    facts = [
        LetterFacts(notes=("A.", "B."), also=("h@example.org",), openpgp=OpenPgp(one, opened))
        for one in Signed
        for opened in (False, True)
    ]
    files = [
        AttachmentNote(uuid4(), LONG * bool(i) or "a.pdf", "application/pdf", 10**i)
        for i in range(len(FileState))
    ]
    lines = [Line(world.cast["mira"].id, Body("Dear you."), letter=uuid4()) for _ in both]
    lines += [
        Line(client.id, Body("Hello.", "> quoted", "S", facts=fact, attachments=tuple(files)), Channel.EMAIL)
        for fact in facts
    ]
    await world.write("mails", lines)
    mail = {"conversation_id": conversation, "person_id": client.id, "created_at": world.now(), "sealed": b""}
    settled = {"next_at": None, "settled_at": None, "code": 550, "attempts": 2}
    await world.rows(
        outbox,
        [
            {**mail, **settled, "id": uuid4(), "number": number, "state": state, "form": form}
            for number, (state, form) in enumerate(both, 1)
        ],
    )
    kept = {"conversation_id": conversation, "number": len(lines), "size": 1, "attempts": 0, "sealed": b""}
    await world.rows(
        attachments,
        [
            {
                **kept,
                "id": note.id,
                "state": state,
                "finding": "Win.Test" if state is FileState.FOUND else None,
            }
            for note, state in zip(files, FileState, strict=True)
        ],
    )


async def _every_session(world: World) -> None:
    """A conversation for each state a session at hand may be in, and one with all of them."""
    at_hand = {"far": 60 * 24 * 30, "near": 5, "late": -20, "over": -90, "year": 60 * 24 * 366}
    for name, minutes in at_hand.items():
        conversation = await world.begin(f"booked-{name}")
        await world.rows(sessions, [session_row(world, conversation, SessionState.BOOKED, minutes)])
    for state in SessionState:
        conversation = await world.begin(f"only-{state}")
        row = session_row(world, conversation, state, -30)
        await world.rows(sessions, [row])
        await world.write(f"only-{state}", said(world, f"only-{state}", row["id"], 6))
        if state is SessionState.LIVE:
            await live(world, conversation, row["id"])
    for kind in Kind:
        rows = [
            session_row(world, world.conversations[kind.value], state, -60 * n)
            for n, state in enumerate(SessionState, 1)
        ]
        await world.rows(sessions, rows)
        await live(
            world, world.conversations[kind.value], rows[list(SessionState).index(SessionState.LIVE)]["id"]
        )
    free = {
        "clinician_id": world.cast["mira"].id,
        "minutes": 50,
        "session_id": None,
        "created_at": world.now(),
    }
    await world.rows(
        slots, [{**free, "id": uuid4(), "starts": world.now() + timedelta(minutes=m)} for m in (5, 70, 9000)]
    )


async def _check_ins(world: World) -> None:
    """In the group's live session: each verdict of a word, each step as the last one, and who did nothing."""
    conversation, office = world.conversations[Kind.GROUP.value], world.cast.office
    held, circle = await enter(office, world.cast["mira"], conversation, Deed.HOLD_SESSION)
    key, rows = await office.keyring.key(held.practice, conversation), list[dict[str, Any]]()
    assert circle.conversation.live is not None
    answered = [Answers("home", "AT", alone=True, phone="+43 660 123", word=word) for word in WordVerdict]
    steps = [(Step.ANSWERED, one) for one in answered] + [
        (one, Answers()) for one in Step if one is not Step.ANSWERED
    ]
    for client, (step, answers) in zip(world.clients[Kind.GROUP.value], steps, strict=False):
        row = uuid4()
        sealed = office.keyring.seal(key, place_of(held.practice, conversation, row), encode(step, answers))
        rows.append(
            {
                "conversation_id": conversation,
                "id": row,
                "session_id": circle.conversation.live.id,
                "person_id": client.id,
                "at": world.now(),
                "sealed": sealed,
            }
        )
    await world.rows(check_ins, rows)


async def _being_written(world: World) -> None:
    """Drafts of each kind in two versions, and letters not yet sent, waiting for each thing they can wait for."""
    office, name = world.cast.office, Kind.COUPLE.value
    for who in (world.cast["mira"], world.clients[name][0]):
        held, _ = await enter(office, who, world.conversations[name], Deed.WRITE)
        for kind in (*DraftKind, *DraftKind):
            await keep(office, held, Writing(uuid4(), kind, f"Half a sentence {LONG}"))
    held, _ = await enter(office, world.cast["mira"], world.conversations["booked-far"], Deed.WRITE)
    soon, later = world.now() + timedelta(seconds=20), world.now() + timedelta(days=2)
    waits = [When(send_at=soon), When(send_at=later), When(wake_at=later), When(wake_at=soon)]
    for state, when in ((state, when) for state in PendingState for when in waits):
        letter = Letter(uuid4(), "A letter that waits.")
        await keep_pending(office, held, letter, when)
        gone = {"wake_at": world.now() - timedelta(hours=1)} if when.wake_at == soon else {}
        await world.change(pending_letters, pending_letters.c.id == letter.key, state=state, **gone)


async def _held(world: World) -> None:
    """Letters by mail in each state, held for each reason there is, and for one that nobody knows."""
    row = {
        "person_id": None,
        "received_at": world.now(),
        "attempts": 0,
        "envelope": b"",
        "raw": b"",
        "summary": None,
    }
    states: list[tuple[OriginalState, str | None]]
    states = [(OriginalState.HELD, reason) for reason in (*SENTENCES, "of-a-newer-program")]
    states += [(state, None) for state in OriginalState]
    conversation = world.conversations["mails"]
    await world.rows(
        originals,
        [
            {**row, "id": uuid4(), "conversation_id": where, "state": state, "reason": reason}
            for state, reason in states
            for where in (conversation, None)
        ],
    )


async def _keys(world: World) -> None:
    """A key from each source in each standing: given by clients of the family and the group."""
    owners = iter([*world.clients[Kind.FAMILY.value], *world.clients[Kind.GROUP.value]])
    junk = PublicKey("ab" * 20, b"no certificate any more")
    for source, standing in ((source, standing) for source in KeySource for standing in Standing):
        await keep_key(world.cast.office, next(owners), junk, source, standing)


async def _left(world: World) -> None:
    """Conversations without a clinician, without a client, and without anything said."""
    for name, clinicians in (("no-clinician", True), ("no-client", False)):
        conversation = await world.begin(name)
        session = session_row(world, conversation, SessionState.BOOKED, 5)
        await world.rows(sessions, [session])
        await world.write(name, said(world, name, uuid4(), 5))
        gone = [role for role in Role if role.is_clinician is clinicians]
        own = (members.c.conversation_id == conversation) & members.c.role.in_(gone)
        await world.change(members, own, left_at=world.now())
    await world.begin("nothing")
    waiting = {"now": 0, "late": 60 * 24 * 30}
    for name, minutes in waiting.items():
        conversation = await world.begin(f"waits-{name}")
        since = world.now() - timedelta(minutes=minutes)
        await world.write(f"waits-{name}", [Line(world.clients[f"waits-{name}"][0].id, Body("Please."))])
        for weekday in (None, 6):
            await world.change(
                conversations, conversations.c.id == conversation, waiting_since=since, answer_weekday=weekday
            )
