"""Every page and fragment, for every role, over everything there can be: it is what its rule says, and no part is missing.

The routes are the program's own table, and the states its enumerations: a new one that nothing here stands for fails.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, StrEnum
from uuid import uuid4

import pytest
from starlette.routing import Route

import messaging
from messaging.conversations import Kind, SessionState
from messaging.messages import Body, EventName
from messaging.people import Person, Role
from messaging.trust.roles import Task, tasks_of
from tests.cast import Cast
from tests.web.every_state import FACTS, SHOWN, STAFF, Line, World, live, said, session_row
from tests.web.every_state_filled import found_world
from tests.web.sweeping import Sweep
from threads.tables.sessions import sessions
from web.pages.parts import views as parts
from web.pages.routes import ROUTES


class Rule(Enum):
    """Whose place it is. For others it does not exist, and who is not signed in is sent to sign in."""

    EVERYBODY = "everybody"
    ENTRANCE = "entrance"
    """Who is signed in already is sent home."""
    NOWHERE = "nowhere"
    """There is nothing to be had in this world: the first set-up is done, and a bare address has no passkeys."""
    HALF_WAY = "half way"
    """Only right after a password: everybody else is sent to begin."""
    SIGNED_IN = "signed in"
    CLIENTS = "clients"
    CLINICIANS = "clinicians"
    CARERS = "carers"
    """Clinicians who answer for clients of theirs; a place of one client is theirs who care for them."""
    ADMINISTRATORS = "administrators"


PLACES = {
    "/": Rule.ENTRANCE,
    "/forgotten": Rule.EVERYBODY,
    "/p/{slug}": Rule.EVERYBODY,
    "/enquiry": Rule.EVERYBODY,
    "/account/public": Rule.CLINICIANS,
    "/admin/public": Rule.ADMINISTRATORS,
    "/way-back": Rule.EVERYBODY,
    "/way-back/stop": Rule.EVERYBODY,
    "/sign-in/passkey": Rule.NOWHERE,
    "/sign-in/code": Rule.HALF_WAY,
    "/account": Rule.SIGNED_IN,
    "/account/again": Rule.SIGNED_IN,
    "/account/again/passkey": Rule.SIGNED_IN,
    "/account/passkeys": Rule.SIGNED_IN,
    "/account/passkeys/new": Rule.SIGNED_IN,
    "/account/recovery-phrase": Rule.CLIENTS,
    "/account/second-factor": Rule.SIGNED_IN,
    "/account/mail": Rule.ADMINISTRATORS,
    "/account/recovery-sheet": Rule.ADMINISTRATORS,
    "/account/recovery-sheet/ask": Rule.ADMINISTRATORS,
    "/exit": Rule.EVERYBODY,
    "/app/{name}.webmanifest": Rule.EVERYBODY,
    "/help-now": Rule.EVERYBODY,
    "/help-now.js": Rule.EVERYBODY,
    "/set-up": Rule.NOWHERE,
    "/set-up/backup": Rule.NOWHERE,
    "/.well-known/security.txt": Rule.NOWHERE,
    "/.well-known/change-password": Rule.EVERYBODY,
    "/invitation": Rule.EVERYBODY,
    "/in": Rule.EVERYBODY,
    "/openpgp-key": Rule.EVERYBODY,
    "/openpgp-key/{slug}": Rule.EVERYBODY,
    "/me": Rule.CLIENTS,
    "/me/session/{conversation}": Rule.CLIENTS,
    "/me/session/{conversation}/check-in": Rule.CLIENTS,
    "/me/session/{conversation}/entries/{number}": Rule.CLIENTS,
    "/me/check-in": Rule.CLIENTS,
    "/me/given": Rule.CLIENTS,
    "/me/given/{assignment}": Rule.CLIENTS,
    "/me/ending": Rule.CLIENTS,
    "/c/{conversation}/ending": Rule.CLINICIANS,
    "/me/plan": Rule.CLIENTS,
    "/me/plan/change": Rule.CLIENTS,
    "/c/{conversation}/given": Rule.CLINICIANS,
    "/c/{conversation}/measures/{measure}": Rule.CLINICIANS,
    "/me/mail": Rule.CLIENTS,
    "/me/settings": Rule.CLIENTS,
    "/me/readers": Rule.CLIENTS,
    "/me/agreements": Rule.CLIENTS,
    "/me/agreements/{conversation}/{document}": Rule.CLIENTS,
    "/me/stop/{conversation}": Rule.CLIENTS,
    "/me/copy": Rule.CLIENTS,
    "/me/copy/{export}/file": Rule.CLIENTS,
    "/me/sessions": Rule.CLIENTS,
    "/me/sessions/{session}/appointment.ics": Rule.CLIENTS,
    "/me/letters": Rule.CLIENTS,
    "/me/letters/write": Rule.CLIENTS,
    "/me/letters/{conversation}/attachments/{number}/{attachment}": Rule.CLIENTS,
    "/today": Rule.CLINICIANS,
    "/flow": Rule.CLINICIANS,
    "/flow/{conversation}": Rule.CLINICIANS,
    "/inbox": Rule.CLINICIANS,
    "/inbox/rows": Rule.CLINICIANS,
    "/inbox/rows/{conversation}": Rule.CLINICIANS,
    "/inbox/look/{conversation}": Rule.CLINICIANS,
    "/c/{conversation}": Rule.CLINICIANS,
    "/c/{conversation}/agreements": Rule.CLINICIANS,
    "/c/{conversation}/record": Rule.CLINICIANS,
    "/c/{conversation}/record/{export}/file": Rule.CLINICIANS,
    **{
        f"/c/{{conversation}}/notes/{kind}{note}": Rule.CLINICIANS
        for kind in ("progress", "process")
        for note in ("", "/{note}")
    },
    "/c/{conversation}/lenses/{number}": Rule.CLINICIANS,
    "/c/{conversation}/margin/{session}": Rule.CLINICIANS,
    "/c/{conversation}/entries": Rule.CLINICIANS,
    "/c/{conversation}/entries/{number}": Rule.CLINICIANS,
    "/c/{conversation}/waits": Rule.CLINICIANS,
    "/c/{conversation}/now": Rule.CLINICIANS,
    "/c/{conversation}/openers": Rule.CLINICIANS,
    "/c/{conversation}/files": Rule.CLINICIANS,
    "/c/{conversation}/check-ins": Rule.CLINICIANS,
    "/c/{conversation}/check-ins/record": Rule.CLINICIANS,
    "/c/{conversation}/arrange": Rule.CLINICIANS,
    "/cover": Rule.CLINICIANS,
    "/c/{conversation}/pending": Rule.CLINICIANS,
    "/c/{conversation}/original/{number}": Rule.CLINICIANS,
    "/c/{conversation}/attachments/{number}/{attachment}": Rule.CLINICIANS,
    "/calendar": Rule.CLINICIANS,
    "/screener": Rule.CLINICIANS,
    "/search": Rule.CLINICIANS,
    "/snippets": Rule.CLINICIANS,
    "/search/look/{conversation}/{number}": Rule.CLINICIANS,
    "/search/look/{conversation}/progress/{note}": Rule.CLINICIANS,
    "/search/look/{conversation}/process/{note}": Rule.CLINICIANS,
    "/clients/add": Rule.CARERS,
    "/clients/together": Rule.CARERS,
    "/clients/circles/{conversation}": Rule.CARERS,
    "/clients/circles/{conversation}/end": Rule.CARERS,
    "/clients/{person}": Rule.CARERS,
    "/admin": Rule.ADMINISTRATORS,
    "/admin/people/add": Rule.ADMINISTRATORS,
    "/admin/people/add-staff": Rule.ADMINISTRATORS,
    "/admin/people/together": Rule.ADMINISTRATORS,
    "/admin/people/circles/{conversation}": Rule.ADMINISTRATORS,
    "/admin/people/circles/{conversation}/end": Rule.ADMINISTRATORS,
    "/admin/people/{person}": Rule.ADMINISTRATORS,
    "/admin/practice": Rule.ADMINISTRATORS,
    "/admin/rules": Rule.ADMINISTRATORS,
    "/admin/numbers": Rule.ADMINISTRATORS,
    "/admin/numbers.csv": Rule.ADMINISTRATORS,
    "/admin/mail": Rule.ADMINISTRATORS,
    "/admin/absences": Rule.ADMINISTRATORS,
    "/admin/documents": Rule.ADMINISTRATORS,
    "/admin/documents/{document}": Rule.ADMINISTRATORS,
    "/admin/archive": Rule.ADMINISTRATORS,
    "/admin/archive/{export}/file": Rule.ADMINISTRATORS,
    "/admin/trail": Rule.ADMINISTRATORS,
    "/admin/trail.csv": Rule.ADMINISTRATORS,
    "/admin/mail/{letter}/original": Rule.ADMINISTRATORS,
    "/static/{name:path}": Rule.EVERYBODY,
}
CIRCLE_DONE = ("begun", "joined", "left", "answer", "ended", "begun-again", "asked", "asked-no-more")
PERSON_DONE = (
    "changed",
    "withdrawn",
    "let-go",
    "let-in",
    "allowed",
    "refused",
    "nobody-waits",
    "asked-who",
    "asks-no-more",
    "allowed-who",
)
QUERIES = {
    "/": ("?out=1", "?next=/me", "?app=reading"),
    "/account": (
        "?done=password",
        "?done=ended",
        "?done=factor",
        "?done=off",
        "?done=told",
        "?done=again",
        "?done=sheet",
        "?done=stopped",
    ),
    "/account/passkeys": ("?done=added", "?done=removed"),
    "/me/agreements": ("?done=agreed", "?done=withdrawn", "?done=exchange", "?kept=1"),
    "/c/{conversation}/agreements": ("?done=proposed",),
    "/admin/documents": ("?done=ended",),
    "/me/letters": ("?sent=1", "?before=3"),
    "/me/mail": (
        "?done=mode",
        "?done=key",
        "?done=wishes",
        "?done=forgotten",
        "?done=address",
    ),
    "/me/check-in": ("?done=1",),
    "/me/settings": ("?done=1", "?done=language"),
    "/me/sessions": ("?done=booked", "?done=moved", "?done=cancelled", "?done=restored"),
    "/calendar": (
        "?with=everyone",
        "?for=nobody",
        *(f"?done={what}" for what in ("booked", "moved", "cancelled", "restored")),
        *(f"?done={what}" for what in ("missed", "offered", "withdrawn")),
    ),
    "/search": ("?back=/today",),
    "/c/{conversation}/arrange": ("?done=labels", "?done=assign", "?done=snooze"),
    "/inbox": ("?more=resting-106", "?more=aside-100", "?more=x"),
    "/screener": ("?with=everyone",),
    "/flow/{conversation}": ("?gone=1", "?draft=1"),
    "/admin": ("?page=1", "?page=9"),
    "/admin/practice": ("?done=1",),
    "/admin/mail": ("?done=flushed",),
    "/cover": tuple(f"?done={what}" for what in ("said", "back", "yes", "no", "handed", "sudden")),
    "/admin/absences": ("?done=sudden", "?done=back"),
    "/admin/trail": ("?kind=reading", "?since=2026-01-01&until=2031-01-01", "?before=1-1"),
    "/admin/trail.csv": ("?kind=reading",),
    "/admin/rules": (
        "?done=days",
        "?done=sessions",
        "?done=mail",
        "?done=identity",
        "?done=keeping",
        "?done=exits",
    ),
    "/admin/people/{person}": tuple(f"?done={what}" for what in PERSON_DONE),
    "/clients/{person}": tuple(f"?done={what}" for what in PERSON_DONE),
    "/clients/circles/{conversation}": tuple(f"?done={what}" for what in CIRCLE_DONE),
    "/admin/people/circles/{conversation}": tuple(f"?done={what}" for what in CIRCLE_DONE),
}
"""Other forms of the same page."""
ONE_OF: Mapping[Rule, Callable[[World], Person | None]] = {
    Rule.ENTRANCE: lambda _: None,
    Rule.CLIENTS: lambda world: world.clients[Kind.COUPLE][0],
    Rule.SIGNED_IN: lambda world: world.cast["mira"],
    Rule.CLINICIANS: lambda world: world.cast["mira"],
    Rule.CARERS: lambda world: world.cast["mira"],
    Rule.ADMINISTRATORS: lambda world: world.cast["nour"],
}
ALIKE_FOR_NONE = {"/me/mail", "/me", "/me/session/{conversation}"}
"""What is different for each client of the world: their keys and wishes, what waits for them."""
NO_SESSION = 409
AT_HAND = {"booked-near", "booked-late", "only-booked", "only-live", "no-clinician", *Kind}
"""Where a client can check in now."""
WHOLLY = 51
"""Entries of the session that is cut at each of them: one more than a page has."""
UNSEEN = {
    "Noted": "lines of the trail, each with a sentence by tests/web/pages/admin/test_trail.py",
    "Door": "the same",
    "Matter": "the same",
    "AppName": "what is chosen: each in tests/web/pages/client/test_own_settings.py",
    "Erasable": "a command's",
    "Stands": "a command's: what a trail says to a signed head",
    "ArchiveStanding": "a word of /health, of the archive of the embedded database",
    "Stage": "by the clock: each in tests/web/pages/admin/test_gone_pages.py and in the samples",
    "Alarm": "a line in the log and a count in the metrics",
    "Seam": "named in an alarm",
    "About": "mails",
    "Agreed": "an outcome, answered with words",
    "Deed": "a right",
    "Lens": "fields of a sheet: all of them on each, tests/web/samples/notes.py",
    "Sort": "what a search finds: each in tests/web/pages/staff/test_search_page.py",
    "Gate": "the writer's",
    "Turn": "the writer's",
    "Undoable": "the undo bar of half a minute, swept in test_undo_bar.py",
    "Verdict": "an outcome, answered with words",
    "Task": "a right",
    "AssignmentKind": "what is given: each in the samples and in tests/web/pages/client/test_given.py",
    "TaskState": "how a task went: the same",
    "SubjectKind": "what an entry is about, kept beside it and shown to nobody",
    "SignInKind": "how somebody came in",
    "Sentence": "what a mail says of a system line: each in tests/channels/email/leaving/test_language_of_mail.py",
    "QuestionKind": "what a form asks: each in tests/web/api/test_forms_api.py and in the samples",
    "EnquiryState": "each in the samples, and in tests/web/pages/public/test_enquiries.py",
    "CoverScope": "each in the samples of the cover page, and in tests/messaging/absence",
    "Reason": "the same",
    "Offer": "the same",
    "Answer": "the same",
    "Snooze": "what is pressed on a page: each in tests/web/pages/staff/test_arranging.py",
    "Language": "how pages speak: each in test_every_language.py",
    "Weekday": "how a weekday is said to the API",
    "Traces": "of a file that is not sent yet: tests/web/pages/parts/test_letter_files.py",
    "Part": "what of a record is released: by the API, tests/messaging/releasing",
    "Pushed": "what a push says: tests/messaging/pushing",
    "Scope": "what a program may do: tests/web/api/test_integrating_api.py",
    "ReplyKind": "what an answer is, counted: tests/messaging/agreements/test_exchange.py",
    "Purpose": "what a program says of a letter: tests/web/api/test_agreements_api.py",
    "Working": "what a document is for: each in the samples of agreements",
    "Work": "why the server itself looks into a conversation",
}
"""Enumerations that no page shows, and what they are."""


def enumerations() -> Iterator[type[StrEnum]]:
    """Those of `messaging` that stand for something kept."""
    for one in pkgutil.walk_packages(messaging.__path__, "messaging."):
        for held in vars(importlib.import_module(one.name)).values():
            if isinstance(held, type) and issubclass(held, StrEnum) and held.__module__ == one.name:
                yield held


def test_every_place_has_a_rule() -> None:
    routes = {one.path for one in ROUTES if isinstance(one, Route) and "GET" in (one.methods or ())}
    assert routes == PLACES.keys()


def test_every_enumeration_is_shown_in_the_world_or_said_to_be_unseen() -> None:
    named = set(enumerations())
    assert named - SHOWN.keys() == {one for one in named if one.__name__ in UNSEEN}
    assert not {one.__name__ for one in SHOWN} & UNSEEN.keys()


def test_every_event_and_role_has_its_fixture() -> None:
    assert FACTS.keys() == set(EventName)
    assert STAFF.keys() | {Role.CLIENT} == set(Role)


@pytest.fixture
async def world(cast: Cast) -> World:
    return await found_world(cast)


async def test_every_page_is_what_its_rule_says_to_everybody_whatever_there_is(world: World) -> None:
    for enumeration, column in SHOWN.items():
        if column is not None:
            assert await world.members_of(*column) == set(enumeration), enumeration
    sweep = Sweep(world)
    for template, rule in PLACES.items():
        for path, name in instances(world, template):
            for reader in readers(world, template, name):
                await sweep.ask(reader, path, *expected(template, rule, reader, world, name))
        for query in QUERIES.get(template, ()):
            path, _ = next(instances(world, template))
            await sweep.ask(ONE_OF[rule](world), path + query, 200)
    assert sweep.accidents() == ""
    assert sweep.asked > 400


def instances(world: World, template: str) -> Iterator[tuple[str, str]]:
    """The addresses of a place, and the conversation each is of."""
    fixed = {
        "slug": world.cast.practice.slug,
        "name:path": "css/base.css",
        "name": "reading",
        "number": "1",
        "attachment": str(uuid4()),
        "letter": str(uuid4()),
        "export": str(uuid4()),
        "note": str(uuid4()),
        "assignment": str(uuid4()),
        "measure": "phq-9",
        "document": str(uuid4()),
        "person": str(world.clients[Kind.COUPLE][0].id),
    }
    for name, value in fixed.items():
        template = template.replace(f"{{{name}}}", value)
    if "{session}" in template:
        template = template.replace("{session}", str(uuid4()))
    if "{conversation}" not in template:
        yield template, ""
        return
    for name, conversation in world.conversations.items():
        yield template.replace("{conversation}", str(conversation)), name


def readers(world: World, template: str, name: str) -> list[Person | None]:
    """Nobody, everybody who cares or administers, who cares elsewhere, and the clients."""
    cast = world.cast
    if name and name != Kind.GROUP:  # who is refused, and who reads the same, is asked for in one of them
        return [cast["mira"], *world.clients[name][:1]]
    here = [one for each, some in world.clients.items() for one in some if name in ("", each)]
    if template not in ALIKE_FOR_NONE:
        here = here[::6] if name == "" else here[:1]
    return [None, *(cast[one] for one in STAFF.values()), cast["eli"], cast["omar"], *here]


def expected(template: str, rule: Rule, reader: Person | None, world: World, name: str) -> tuple[int, ...]:
    """The statuses that are right."""
    if template == "/openpgp-key":
        return (200, 404)  # without a name only while there is one practice; other tests have theirs beside
    if template == "/.well-known/change-password":
        return (303,)
    if rule is Rule.EVERYBODY:
        return (200,)
    if rule is Rule.ENTRANCE:
        return (303,) if reader else (200,)
    if rule is Rule.NOWHERE:
        return (404,)
    if reader is None or rule is Rule.HALF_WAY:
        return (303,)
    if not is_theirs(rule, reader, world, name):
        return (404,)
    if template in ("/account/passkeys/new", "/account/again/passkey"):
        return (
            404,
        )  # the sweep asks at a bare address, where there are none: tests/web/pages/test_passkeys_pages.py
    if template == "/flow":
        return (200, 303)  # to the letter that waits, or the end of them: tests/web/pages/staff/test_flow.py
    if template == "/account/recovery-phrase":
        return (303,)  # shown once, to who has just said their password: they are sent to say it
    if template.startswith("/account/recovery-sheet"):
        return (200, 404)  # only while there is one practice; other tests have theirs beside
    if template == "/clients/{person}" and reader.id == world.cast["eli"].id:
        return (404,)  # somebody else's client
    if template.endswith("{assignment}"):
        return (404,)  # what is there is answered in tests/web/pages/client/test_given.py
    if template.startswith("/me/plan"):
        return (200, 404)  # of who is in care alone somewhere
    if template.endswith(("{note}", "/margin/{session}")):
        return (404,)  # what is there is read in tests/web/pages/staff/test_notes_pages.py
    if template.endswith("{document}"):
        return (404,)  # what is there is read in tests/web/pages/client/test_agreement_pages.py
    if template.endswith("{export}/file"):
        return (404,)  # what is there is fetched in tests/web/pages/test_exports.py
    if template.endswith(("{attachment}", "{number}", "{letter}/original", ".ics")):
        shown = any(one in template for one in ("/entries/", "/look/", "/lenses/"))
        return (200, 404) if shown else (404,)  # what is there is asked for below
    if template.endswith("/end") and name == "over":
        return (303,)  # nothing is left to end
    if template.endswith("/check-in") and name and name not in AT_HAND:
        return (NO_SESSION,)
    return (200,)


def is_theirs(rule: Rule, reader: Person, world: World, name: str) -> bool:
    whose = {
        Rule.SIGNED_IN: True,
        Rule.CLIENTS: reader.role is Role.CLIENT,
        Rule.CLINICIANS: reader.role.is_clinician,
        Rule.CARERS: Task.CLIENTS in tasks_of(reader.role) and reader.role.is_clinician,
        Rule.ADMINISTRATORS: reader.role is Role.ADMINISTRATOR,
    }
    if not whose[rule] or not name:
        return whose[rule]
    left = {"no-clinician": reader.role.is_clinician, "no-client": not reader.role.is_clinician}
    inside = [*world.clients[name], *(world.cast[one] for one in STAFF.values())]
    return not left.get(name, False) and reader.id in {one.id for one in inside}


@pytest.mark.parametrize("size", [0, 1, 50, 51, 10_000])
async def test_a_timeline_is_read_from_every_cut_of_a_session(cast: Cast, size: int) -> None:
    world, session = World(cast), uuid4()
    conversation = await world.begin("long")
    row = {**session_row(world, conversation, SessionState.ENDED, -90), "id": session}
    await world.rows(sessions, [row])
    if size:
        await world.write("long", said(world, "long", session, size))
    cuts = sorted({1, 2, size // 2, size - 49, size - 1, size, size + 1, 2**31 - 1} - {0, -1, -48, -49})
    if size == WHOLLY:
        cuts = list(range(1, size + 3))
    sweep = Sweep(world)
    for going_on in (False, True):
        if going_on:
            await live(world, conversation, session)
        for cut in cuts[:: 9 if going_on else 1]:
            await sweep.ask(cast["mira"], f"/c/{conversation}/entries?before={cut}", 200 if cut > 0 else 404)
        for cut in (1, 2, max(1, size), 2**31 - 1):
            await sweep.ask(cast["mira"], f"/c/{conversation}?before={cut}", 200)
        for path in (f"/me/session/{conversation}", "/me", "/me/letters"):
            await sweep.ask(world.clients["long"][0], path, 200)
    assert sweep.accidents() == ""


async def test_letters_are_read_back_from_every_cut(cast: Cast) -> None:
    world = World(cast)
    await world.begin("letters")
    client, sweep = world.clients["letters"][0], Sweep(world)
    await world.write(
        "letters", [Line((client, cast["mira"])[one % 2].id, Body(f"Letter {one}.")) for one in range(24)]
    )
    for cut in range(1, 26):
        await sweep.ask(client, f"/me/letters?before={cut}", 200)
    assert sweep.accidents() == ""


def test_every_kind_of_entry_is_known_to_the_sweep() -> None:
    """A new kind of line in a timeline needs its fixture."""
    assert {one.__name__ for one in parts.Entry.__args__} == {"ChatMessage", "Letter", "Event", "Unshown"}
