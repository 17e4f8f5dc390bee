"""`quietline practice create`, `person list|set|invite|reset`, `token list|revoke`: people, by whoever runs the program."""

import argparse
from typing import Any, Final

from messaging.errors import NotFound
from messaging.ids import PersonId, PracticeId, SignInId, parse_uuid
from messaging.people import EmailMode, Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson, NewPractice, found_practice, practice_by_slug
from messaging.practice.joining import Invited, Joined, Listed, invite_anew, join, people_of
from messaging.practice.operating import (
    operator_of,
    person_called,
    practice_ids,
    reset_person,
    revoke_token,
    tokens_of,
)
from web.commands.acts import print_line, say
from web.commands.reasons import CommandFailed
from web.house import house
from web.settings import Settings
from web.state import House

YES_OR_NO: Final = {"true": True, "false": False}


async def create_practice(settings: Settings, given: argparse.Namespace) -> int:
    """A further practice, and with `--administrator` who administers it."""
    async with house(settings, beside=True) as built:
        practice = await found_practice(
            built.office, NewPractice(given.slug, given.name, given.time_zone, given.mail_domain)
        )
        joined: Joined | None = None
        if given.administrator:
            new = NewPerson(Role.ADMINISTRATOR, "", given.administrator)
            joined = await join(built.office, operator_of(practice.id), new)
        made: dict[str, Any] = {"id": practice.id, "slug": practice.slug, "name": practice.name}
        if joined and joined.invited:
            made |= {"administrator": joined.listed.username, **_link(built, joined.invited)}
        _tell(given, made, f"{practice.slug}: {practice.id}")
        if joined and joined.invited and not given.json:
            _print_link(built, joined.listed.username, joined.invited)
    return 0


async def list_people(settings: Settings, given: argparse.Namespace) -> int:
    """Everybody of one practice, or of all."""
    async with house(settings, beside=True) as built:
        for practice in await _practices(built, given.practice):
            for one in await people_of(built.office, operator_of(practice)):
                _tell(given, {"practice": practice, **_fields(one)}, _line(one))
    return 0


async def set_person(settings: Settings, given: argparse.Namespace) -> int:
    """Another name, address or mode of mail; let go, or let in again."""
    changes = Changes(
        name=given.name,
        email=given.email or None,
        no_email=given.email == "",
        email_mode=EmailMode(given.email_mode) if given.email_mode else None,
        active=YES_OR_NO[given.active] if given.active else None,
    )
    if changes == Changes():
        raise CommandFailed("nothing to set: give --name, --email, --email-mode or --active")
    async with house(settings, beside=True) as built:
        practice, person = await person_called(built.office, given.username, given.practice)
        one = await change_person(built.office, operator_of(practice), person, changes)
        _tell(given, _fields(one), _line(one))
    return 0


async def invite_person(settings: Settings, given: argparse.Namespace) -> int:
    """A fresh invitation; the old one dies."""
    async with house(settings, beside=True) as built:
        practice, person = await person_called(built.office, given.username, given.practice)
        invited = await invite_anew(built.office, operator_of(practice), person)
        _tell_link(built, given, person, invited)
    return 0


async def reset(settings: Settings, given: argparse.Namespace) -> int:
    """For who has lost every way in, also a lone administrator."""
    async with house(settings, beside=True) as built:
        practice, person = await person_called(built.office, given.username, given.practice)
        invited = await reset_person(built.office, practice, person, given.reason)
        _tell_link(built, given, person, invited)
    return 0


async def list_tokens(settings: Settings, given: argparse.Namespace) -> int:
    """Where somebody is signed in, browsers and programs."""
    async with house(settings, beside=True) as built:
        practice, person = await person_called(built.office, given.username, given.practice)
        for one in await tokens_of(built.office, practice, person):
            fields = {
                "id": one.id,
                "kind": one.kind,
                "at": one.created_at.isoformat(),
                "last": one.seen_at.isoformat(),
                "expires": one.expires_at.isoformat(),
                "device": one.device,
            }
            _tell(given, fields, "  ".join(str(value) for value in fields.values()))
    return 0


async def revoke(settings: Settings, given: argparse.Namespace) -> int:
    """Ends one; its connections close within moments."""
    named = parse_uuid(given.id)
    async with house(settings, beside=True) as built:
        if named is None or not await revoke_token(built.office, SignInId(named)):
            raise NotFound("there is no running sign-in with this id")
    _tell(given, {"id": given.id, "revoked": True}, "revoked")
    return 0


async def _practices(built: House, slug: str | None) -> list[PracticeId]:
    if slug is None:
        return await practice_ids(built.office)
    practice = await practice_by_slug(built.office, slug)
    if practice is None:
        raise NotFound("there is no practice with this slug")
    return [practice]


def _fields(one: Listed) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": one.person.id,
        "username": one.shown_username,
        "name": one.person.name,
        "role": one.person.role,
        "email": one.person.shown_email,
        "email_mode": one.person.email_mode,
        "active": one.person.active,
        "identity": one.person.identity,
    }
    return fields | ({"invitation": one.invitation[0]} if one.invitation else {})


def _line(one: Listed) -> str:
    state = one.invitation[0] if one.invitation else "active" if one.person.active else "left"
    return f"{one.person.id}  {one.person.role:<13}  {one.shown_username:<24}  {one.person.name}  ({state})"


def _link(built: House, invited: Invited) -> dict[str, str]:
    url = f"{built.settings.web.base_url}/invitation#{invited.token}"
    return {"url": url, "expires": invited.expires.isoformat()}


def _tell_link(built: House, given: argparse.Namespace, person: PersonId, invited: Invited) -> None:
    if given.json:
        say({"id": person, **_link(built, invited)})
    else:
        _print_link(built, given.username, invited)


def _print_link(built: House, username: str, invited: Invited) -> None:
    """What is handed over, once."""
    print_line(f"{username} chooses a password here, once, until {invited.expires:%Y-%m-%d %H:%M} UTC:")
    print_line(_link(built, invited)["url"])


def _tell(given: argparse.Namespace, fields: dict[str, Any], line: str) -> None:
    if given.json:
        say(fields)
    else:
        print_line(line)
