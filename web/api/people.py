"""People: added, invited, changed, let go. Administrators for all, clinicians for clients of theirs."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.errors import Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.integrating.service_accounts import must_leave_alone
from messaging.people import EmailMode, Identity, Person, Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson
from messaging.practice.joining import (
    Invited,
    Listed,
    invite_anew,
    invite_by_mail,
    join,
    people_of,
    withdraw_invitation,
)
from messaging.practice.letting_back import Wish, say_no, say_yes, wishes
from messaging.practice.said_settings import language_said
from web.api.answers import answer
from web.api.reading_requests import a_choice, a_flag, a_text, json_object, only, text_field
from web.http.guards import person_asking, somebody_asking
from web.state import House

NEW: Final = (
    *("role", "name", "username", "email", "email_mode", "ref", "password"),
    *("identity", "pseudonym", "language"),
)
CHANGED: Final = (
    *("name", "email", "email_mode", "active", "identity", "pseudonym", "language"),
    "takes_enquiries",
)
WAYS_TO_THEM: Final = frozenset({"email", "email_mode", "identity", "pseudonym"})
"""What a program does not change of who has a way in of their own."""


async def everybody(request: Request) -> Response:
    """GET /people: who is one's business, by name. Never a word."""
    house: House = request.state["house"]
    person = await person_asking(request)
    found = await people_of(house.office, person)
    wished = {one.person.id: _wished(one) for one in await wishes(house.office, person)}
    return answer({"people": [shown(one) | wished.get(one.person.id, {}) for one in found]})


def _wished(one: Wish) -> dict[str, Any]:
    """That they have lost their way in, and wait for a yes; or from when on a mailed link is enough."""
    open_from = frames.moment(one.open_from) if one.open_from else None
    return {"way_back": {"since": frames.moment(one.since), "open_from": open_from}}


async def add(request: Request) -> Response:
    """POST /people `{role, name, username?, email?, email_mode?, ref?, password?, identity?, pseudonym?,
    language?}`

    Of a sealed identity `name` is their own, and nobody is told it any more: the answer calls them by their pseudonym.
    """
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    person = asking.person
    sent = only(await json_object(request), *NEW)
    role = a_choice(sent, "role", Role) or _missing("role")
    if asking.program and role is Role.ADMINISTRATOR:
        raise NotFound
    new = NewPerson(
        role=role,
        username=a_text(sent, "username") or "",
        name=text_field(sent, "name"),
        email=a_text(sent, "email"),
        password=a_text(sent, "password"),
        email_mode=a_choice(sent, "email_mode", EmailMode) or EmailMode.NOTICE,
        ref=a_text(sent, "ref"),
        identity=a_choice(sent, "identity", Identity) or Identity.IDENTIFIED,
        by_policy="identity" not in sent,
        pseudonym=a_text(sent, "pseudonym") or "",
        language=language_said(sent) or None,
    )
    joined = await join(house.office, person, new)
    body = shown(joined.listed)
    if joined.invited is not None:
        body["invitation"] |= handed_over(house, joined.invited)
    return answer(body, 200 if joined.known else 201)


async def change(request: Request) -> Response:
    """PATCH /people/{id} `{name?, email?, email_mode?, active?, identity?, pseudonym?, language?, takes_enquiries?}`;
    `email` null takes it away, and so does an empty `language`."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    sent = only(await json_object(request), *CHANGED)
    if asking.program:
        way_in = not sent.keys().isdisjoint(WAYS_TO_THEM)
        await must_leave_alone(house.office, asking.person, _named(request), way_in=way_in)
    changes = Changes(
        name=None if "name" not in sent else text_field(sent, "name"),
        email=a_text(sent, "email"),
        no_email="email" in sent and sent["email"] is None,
        email_mode=a_choice(sent, "email_mode", EmailMode),
        active=a_flag(sent, "active"),
        identity=a_choice(sent, "identity", Identity),
        pseudonym=a_text(sent, "pseudonym"),
        language=language_said(sent),
        takes_enquiries=a_flag(sent, "takes_enquiries"),
    )
    return answer(shown(await change_person(house.office, asking.person, _named(request), changes)))


async def invite(request: Request) -> Response:
    """POST /people/{id}/invitation `{mail?}`: a fresh link; the old one dies. With `mail` it goes to their address too."""
    house: House = request.state["house"]
    person = await _asking_about_way_in(request)
    sent = only(await json_object(request), "mail") if await request.body() else {}
    if a_flag(sent, "mail"):
        invited = await invite_by_mail(house.office, person, _named(request))
        house.mail_owed.set()
    else:
        invited = await invite_anew(house.office, person, _named(request))
    return answer(handed_over(house, invited), 201)


async def withdraw(request: Request) -> Response:
    """DELETE /people/{id}/invitation"""
    house: House = request.state["house"]
    person = await _asking_about_way_in(request)
    await withdraw_invitation(house.office, person, _named(request))
    return Response(status_code=204)


async def let_back(request: Request) -> Response:
    """PUT /people/{id}/way-back: yes; a day from now a mailed link is enough, and they are told. Twice is once."""
    house: House = request.state["house"]
    person = await person_asking(request)
    await say_yes(house.office, person, _named(request))
    house.mail_owed.set()
    return Response(status_code=204)


async def do_not_let_back(request: Request) -> Response:
    """DELETE /people/{id}/way-back: nothing comes of it, also after a yes. Twice is once."""
    house: House = request.state["house"]
    person = await person_asking(request)
    await say_no(house.office, person, _named(request))
    return Response(status_code=204)


def shown(one: Listed) -> dict[str, Any]:
    """A person among others."""
    body: dict[str, Any] = {
        "id": str(one.person.id),
        "name": one.person.name,
        "role": one.person.role,
        "username": one.shown_username,
        "active": one.person.active,
        "email": one.person.shown_email,
        "email_mode": one.person.email_mode,
        "identity": one.person.identity,
    }
    if one.person.role.is_clinician:
        body["takes_enquiries"] = one.person.takes_enquiries
    if one.invitation is not None:
        state, expires = one.invitation
        body["invitation"] = {"state": state, "expires": frames.moment(expires)}
    return body


def handed_over(house: House, invited: Invited) -> dict[str, str]:
    """The link, once. Its token stands behind `#`, where no server and no log sees it."""
    url = f"{house.settings.web.base_url}/invitation#{invited.token}"
    return {"url": url, "expires": frames.moment(invited.expires)}


async def _asking_about_way_in(request: Request) -> Person:
    """Who asks for a change of somebody's invitation. Raises NotFound, and OwnWayIn for a program that must not."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    if asking.program:
        await must_leave_alone(house.office, asking.person, _named(request), way_in=True)
    return asking.person


def _named(request: Request) -> PersonId:
    found = parse_uuid(request.path_params["person"])
    if found is None:
        raise NotFound
    return PersonId(found)


def _missing(name: str) -> Any:
    raise Malformed(f"`{name}` is missing.")
