"""`quietline demo`: the real server with a made-up practice, and mailboxes on this machine.

mail server of the clients > house > practice (founded once, found again later) > Linden's session > serve
"""

import socket
from dataclasses import dataclass, field, fields, replace
from typing import Final

from channels.email.terms import Relay
from web.demo.being import names_for, place_of
from web.demo.founding import play
from web.demo.mailroom import Mailroom, mailroom_open
from web.demo.mails import AUTHSERV_ID
from web.demo.pages import Mailing, people, routes
from web.demo.people import CHARACTERS, PASSWORD, PRACTICE
from web.demo.playing import going_on
from web.house import house
from web.serve import serve_house
from web.settings import Listen, Settings
from web.state import House

LOOPBACK: Final = "127.0.0.1"
SMTP_PORT: Final = 2525
BOTH_SIDES: Final = ("mira", "linden")


@dataclass(slots=True)
class DemoHouse(House):
    """The house, whose sign-in page tells who can sign in."""

    demo_people: tuple[object, ...] = field(default=())


async def run_demo(settings: Settings, *, as_json: bool) -> int:
    """Until it is told to stop."""
    room = Mailroom(one.email for one in CHARACTERS if one.email)
    with reserved(SMTP_PORT) as held:
        async with mailroom_open(room) as relay:
            settings = demo_settings(settings, relay, held.getsockname()[1])
            async with house(settings, migrates=True) as built:
                stage = await play(built, room)
                held.close()
                mailing, served = Mailing(room, smtp_of(settings)), opened(built)
                async with going_on(served, stage, mailing):
                    await serve_house(
                        served,
                        as_json=as_json,
                        extra=routes(mailing, stage.practice.id),
                        greeting=greeting(settings),
                    )
    return 0


def reserved(wanted: int) -> socket.socket:
    """The wanted port if nobody has it, else any; ours until closed, so that a second demonstration takes another."""
    held = socket.socket()
    try:
        held.bind((LOOPBACK, wanted))
    except OSError:
        held.bind((LOOPBACK, 0))
    return held


def demo_settings(settings: Settings, relay: int, smtp: int) -> Settings:
    """Outgoing mail goes to the clients' mail server here, whatever the environment says: never to anyone real."""
    mail = replace(
        settings.mail,
        smtp=settings.mail.smtp or Listen(LOOPBACK, smtp),
        relay=Relay(LOOPBACK, relay, "none"),
        authserv_id=AUTHSERV_ID,
    )
    return replace(settings, mail=mail, web=replace(settings.web, of_demo=names_for(settings.web)))


def smtp_of(settings: Settings) -> Relay:
    """Where the clients' mail server brings their answers."""
    at = settings.mail.smtp or Listen(LOOPBACK, SMTP_PORT)
    return Relay(at.host, at.port)


def opened(built: House) -> DemoHouse:
    """The same house, with its people on the sign-in page."""
    who = people(built.settings.web)
    made = DemoHouse(
        **{one.name: getattr(built, one.name) for one in fields(House) if one.init}, demo_people=who
    )
    made.finder = built.finder
    return made


def greeting(settings: Settings) -> str:
    """Who can sign in, and where; for the console."""
    base = settings.web.base_url
    lines = [f"{PRACTICE}, a demonstration. Everyone here is made up.", "", f"  sign in   {base}/", ""]
    lines += [f"            {one.username:8} {PASSWORD}   {one.says}" for one in CHARACTERS]
    if settings.web.of_demo:
        mira, linden = (place_of(settings.web, one) for one in CHARACTERS if one.username in BOTH_SIDES)
        lines += ["", f"  both sides of a live session, side by side in one browser: {mira} and {linden}"]
    lines += ["", f"  mailboxes {base}/demo/mailbox/ruth and so on; all of this again: {base}/demo", "", ""]
    return "\n".join(lines)
