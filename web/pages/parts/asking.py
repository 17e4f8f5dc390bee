"""What a page is asked: by whom, from which practice, with which ids and form. Every mistake is a refusal."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, ParamSpec, TypeVar, assert_never
from urllib.parse import parse_qsl
from uuid import UUID
from zoneinfo import ZoneInfo

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from channels.language.speaking import speak, spoken
from messaging.conversations import Circle, Session
from messaging.entrance.signing_in import SignedIn
from messaging.errors import Malformed, NotFound, TooLong
from messaging.ids import ConversationId, parse_uuid
from messaging.office import Office
from messaging.people import Person, Practice, Role, language_for
from messaging.practice.founding import practice_named
from messaging.record.reading import enter
from messaging.sessions.finding import session_named
from messaging.trust.access import Deed, Pass
from web.fair.aside import Page
from web.http.guards import BODY_LIMIT, asking_for_own, person_asking, somebody_asking, whose
from web.http.slips import KeptSlip, slips_of
from web.pages.parts.views import Here
from web.state import House

P = ParamSpec("P")
R = TypeVar("R")

SAID: Final = "quietline.fields"
"""In a request's scope, of a form that was read as it came (`letter_files`): a refusal shows its words once more."""
FIELDS: Final = 40
"""Of one form; the longest of ours, a practice with its twelve numbers, has 39."""
HIGHEST: Final = 2**31 - 1
UTF_8: Final = b"utf-8"
MULTIPART: Final = b"multipart/form-data"
URLENCODED: Final = b"application/x-www-form-urlencoded"
LOCAL: Final = re.compile(
    r"/(?:me|account|today|flow|inbox|calendar|c|clients|screener|search|admin)(?:/[A-Za-z0-9-]{1,40}){0,5}(?:\?[A-Za-z0-9=&_-]{0,100})?"
)
"""Where a sign-in may lead: our own places, spelled as we spell them. `//evil`, `/\\evil` and schemes cannot match."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A person on one of their own pages."""

    house: House
    person: Person
    practice: Practice
    here: Here
    slips: tuple[KeptSlip, ...] = ()
    """What they did a moment ago and can still undo, newest first."""

    @property
    def office(self) -> Office:
        """What the acts work with."""
        return self.house.office

    async def enter(self, conversation: ConversationId, deed: Deed) -> tuple[Pass, Circle]:
        """They are admitted; the practice rides with them, and need not be read again. Raises NotFound."""
        held, circle = await enter(self.office, self.person, conversation, deed)
        return held, replace(circle, practice=self.practice)

    async def aside(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Beside the loop, in this person's turn."""
        return await self.house.aside.do(self.person.id, work, *args, **kwargs)


async def client_visit(request: Request) -> Visit:
    """A client. Raises NotSignedIn, or NotFound for everyone else."""
    return await _visit(request, lambda role: role is Role.CLIENT)


async def client_asking(request: Request) -> tuple[Visit, SignedIn]:
    """The same, and by which sign-in."""
    asking = await somebody_asking(request)
    if asking.person.role is not Role.CLIENT:
        raise NotFound
    return await _visit_of(request, asking.person), asking


async def clinician_visit(request: Request) -> Visit:
    """A clinician. Raises NotSignedIn, or NotFound for everyone else."""
    return await _visit(request, lambda role: role.is_clinician)


async def member_visit(request: Request) -> Visit:
    """Somebody in care or who cares. Raises NotSignedIn, or NotFound for everyone else."""
    return await _visit(request, lambda role: role is not Role.ADMINISTRATOR)


async def administrator_visit(request: Request) -> Visit:
    """An administrator. Raises NotSignedIn, or NotFound for everyone else."""
    return await _visit(request, lambda role: role is Role.ADMINISTRATOR)


async def _visit(request: Request, allowed: Callable[[Role], bool]) -> Visit:
    """A place of another role looks exactly like one that does not exist."""
    person = await person_asking(request)
    if not allowed(person.role):
        raise NotFound
    return await _visit_of(request, person)


async def own_visit(request: Request) -> tuple[Visit, SignedIn]:
    """Whoever is signed in, for what is about their own way in; and by which sign-in. Raises NotSignedIn."""
    asking = await asking_for_own(request)
    return await _visit_of(request, asking.person), asking


async def _visit_of(request: Request, person: Person) -> Visit:
    house: House = request.state["house"]
    practice = await practice_named(house.office, person.practice)
    if practice is None:
        raise NotFound
    house.help_numbers.learn(practice)
    speak(language_for(person, practice) or spoken())
    here = Here(house.office.clock(), ZoneInfo(practice.time_zone))
    return Visit(house, person, practice, here, await slips_of(request, house.office, person))


def home_of(role: Role) -> str:
    """Where a person of this role begins."""
    match role:
        case Role.CLIENT:
            return "/me"
        case Role.THERAPIST | Role.PSYCHIATRIST | Role.SUPERVISOR:
            return "/today"
        case Role.ADMINISTRATOR:
            return "/admin"
        case _:
            assert_never(role)


def local_path(raw: str | None) -> str:
    """A place of ours to go on to, or nothing: a link may not send people elsewhere through our sign-in."""
    return raw if raw and LOCAL.fullmatch(raw) else ""


async def form_of(request: Request) -> Mapping[str, str]:
    """The text fields of the form. Files are not taken. Raises TooLong, Malformed."""
    if SAID in request.scope:  # a letter's, which is read once, with its files
        said: Mapping[str, str] = request.scope[SAID]
        return said
    kind, named = _kind_of(request)
    if kind == MULTIPART:
        async with form_whole(request) as held:
            return texts_of(held)
    _check_charset(named)
    if kind != URLENCODED:
        return {}
    house: House = request.state["house"]
    try:
        body = await request.body()
        return await house.aside.do(whose(request), _fields, body)
    except ClientDisconnect:  # the guard cuts a body off at its limit
        raise TooLong from None
    except ValueError:
        raise Malformed("The form has too many fields.") from None


def has_files(request: Request) -> bool:
    """Whether the form is of the kind that may bring some."""
    return _kind_of(request)[0] == MULTIPART


def _fields(body: bytes) -> dict[str, str]:
    """A letter in another script has six hundred thousand escapes. Raises ValueError."""
    return dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=FIELDS))


def _kind_of(request: Request) -> tuple[bytes, dict[bytes, bytes]]:
    return parse_options_header(request.headers.get("content-type"))


def _check_charset(named: Mapping[bytes, bytes]) -> None:
    """In UTF-8, as browsers send it: a part may name any codec of Python's, and some make lone surrogates, or nothing."""
    if named.get(b"charset", UTF_8).lower() != UTF_8:
        raise Malformed("The form cannot be read.")


@asynccontextmanager
async def form_whole(request: Request, files: int = 0) -> AsyncIterator[FormData]:
    """The form with its files, while it is looked at. Raises TooLong, Malformed."""
    _check_charset(_kind_of(request)[1])
    try:
        async with request.form(max_files=files, max_fields=FIELDS, max_part_size=BODY_LIMIT) as held:
            yield held
    except ClientDisconnect:  # the guard cuts a body off at its limit
        raise TooLong from None


def texts_of(held: FormData) -> dict[str, str]:
    """The text fields."""
    return {name: value for name, value in held.items() if isinstance(value, str)}


def key_of(fields: Mapping[str, str]) -> UUID:
    """The form's key, which makes sending it twice harmless. Raises Malformed."""
    key = parse_uuid(fields.get("key"))
    if key is None:
        raise Malformed("The page was not whole. Please try once more.")
    return key


def conversation_of(request: Request) -> ConversationId:
    """The conversation of the path. What is no id is not found."""
    return conversation_named(request.path_params["conversation"])


def conversation_named(raw: str | None) -> ConversationId:
    """The conversation a form or path names. What is no id is not found."""
    found = parse_uuid(raw)
    if found is None:
        raise NotFound
    return ConversationId(found)


def number_in(raw: str | None, default: int) -> int:
    """An entry's number in a path or query; what is none there is not found."""
    if raw is None:
        return default
    if not raw.isascii() or not raw.isdigit() or len(raw) > len(str(HIGHEST)) or int(raw) > HIGHEST:
        raise NotFound
    return int(raw)


def page(request: Request, template: str, view: object, status: int = 200) -> Response:
    """A page of ours."""
    house: House = request.state["house"]
    return Page(house.aside, whose(request), request.state["templates"], template, view, status)


def plain_page(request: Request, template: str, view: object, status: int = 200) -> Response:
    """A page on which nothing is of anybody's choosing: made here and at once, whoever keeps all hands busy."""
    return HTMLResponse(request.state["templates"].get_template(template).render(view=view), status)


def go(place: str) -> Response:
    """Elsewhere, by GET: reloading what follows a form never sends the form again."""
    return RedirectResponse(place, 303)


async def session_asked_for(request: Request, visit: Visit, deed: Deed) -> tuple[Pass, Circle, Session]:
    """The session the address names, with the right to do this in its conversation. Raises NotFound."""
    name = parse_uuid(request.path_params["session"])
    held, circle, session = await session_named(visit.office, visit.person, name, deed)
    return held, replace(circle, practice=visit.practice), session
