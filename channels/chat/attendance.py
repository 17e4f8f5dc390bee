"""Who is at work at a socket: their sign-in lasts; whose screen was left behind is shown out here as on pages."""

import logging
from collections.abc import Callable, Set

from channels.chat.closes import SIGNED_OUT
from channels.chat.connection import Connection
from messaging.entrance.being_there import TOUCH, is_idle, last_seen, note_there
from messaging.errors import Busy
from messaging.memory.sign_ins import SignInKind
from messaging.office import Office

log = logging.getLogger(__name__)

Connections = Callable[[], Set[Connection]]


async def attend(office: Office, connections: Connections, in_session: Connections) -> None:
    """One look at all of them. `in_session`: those that follow a live session, who are there without a word."""
    browsers = [
        one
        for one in connections()
        if one.closing is None and one.signed_in.sign_in.kind is SignInKind.COOKIE
    ]
    for one in in_session():
        one.acted = True
    try:
        await _note(office, browsers)
        await _show_out(office, browsers)
    except Busy:
        log.warning("memory is away, nobody is shown out")


async def _note(office: Office, browsers: list[Connection]) -> None:
    now = office.clock()
    acted = [one for one in browsers if one.acted and now - one.seen_at >= TOUCH]
    if acted:
        await note_there(office, [one.signed_in.sign_in for one in acted], now)
    for one in acted:
        one.acted, one.seen_at = False, now


async def _show_out(office: Office, browsers: list[Connection]) -> None:
    """Asked of memory first: they may have been at work on another page, at another node."""
    left = [one for one in browsers if not one.acted and _is_left(office, one)]
    if not left:
        return
    seen = await last_seen(office, [one.signed_in.sign_in for one in left])
    for one in left:
        one.seen_at = max(one.seen_at, seen.get(one.signed_in.sign_in.id, one.seen_at))
        if not one.acted and _is_left(office, one):
            one.close(SIGNED_OUT)


def _is_left(office: Office, one: Connection) -> bool:
    asking = one.signed_in
    return is_idle(office.clock(), asking.sign_in, asking.person.role, one.seen_at)
