"""`quietline demo`: the real server with a made-up practice, and mailboxes on this machine.

mail server of the clients > house > practice (founded once, found again later) > Linden's session > serve
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Final

from channels.email.terms import Relay as Server
from web.demo.founding import play
from web.demo.mailroom import Mailroom, mailroom_open
from web.demo.mails import AUTHSERV_ID
from web.demo.pages import PEOPLE, Mailing, routes
from web.demo.people import CHARACTERS, PASSWORD, PRACTICE
from web.house import house
from web.serve import serve_house
from web.settings import Listen, Relay, Settings
from web.state import House

LOOPBACK: Final = "127.0.0.1"
SMTP_PORT: Final = 2525


@dataclass(slots=True)
class DemoHouse(House):
    """The house, whose sign-in page tells who can sign in."""

    demo_people: tuple[object, ...] = field(default=())


async def run_demo(settings: Settings, *, as_json: bool) -> int:
    """Until it is told to stop."""
    room = Mailroom(one.email for one in CHARACTERS if one.email)
    async with mailroom_open(room) as port:
        settings = demo_settings(settings, port)
        async with house(settings) as built:
            await play(built, room)
            smtp = settings.mail.smtp or Listen(LOOPBACK, SMTP_PORT)
            server = Server(smtp.host, smtp.port)
            await serve_house(
                opened(built),
                as_json=as_json,
                extra=routes(Mailing(room, server)),
                greeting=greeting(settings),
            )
    return 0


def demo_settings(settings: Settings, relay: int) -> Settings:
    """Outgoing mail goes to the clients' mail server here, whatever the environment says: never to anyone real."""
    mail = replace(
        settings.mail,
        smtp=settings.mail.smtp or Listen(LOOPBACK, free_port(SMTP_PORT)),
        relay=Relay(LOOPBACK, relay, "none"),
        authserv_id=AUTHSERV_ID,
    )
    return replace(settings, mail=mail)


def free_port(wanted: int) -> int:
    """The wanted port if nobody listens there, else any."""
    for port in (wanted, 0):
        with _bound(port) as found:
            if found:
                return found
    return wanted


@contextmanager
def _bound(port: int) -> Iterator[int]:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            yield int(probe.getsockname()[1])
        except OSError:
            yield 0


def opened(built: House) -> DemoHouse:
    """The same house, with its people on the sign-in page."""
    return DemoHouse(**{one.name: getattr(built, one.name) for one in fields(House)}, demo_people=PEOPLE)


def greeting(settings: Settings) -> str:
    """Who can sign in, and where; for the console."""
    base = settings.web.base_url
    lines = [f"{PRACTICE}, a demonstration. Everyone here is made up.", "", f"  sign in   {base}/", ""]
    lines += [f"            {one.username:8} {PASSWORD}   {one.says}" for one in CHARACTERS]
    lines += ["", f"  mailboxes {base}/demo/mailbox/ruth and so on; all of this again: {base}/demo", "", ""]
    return "\n".join(lines)
