"""What the commands about mail on its way out do."""

import argparse

from messaging.leaving.waiting_mail import flush, waiting_mail
from web.commands.acts import print_line, say
from web.house import house
from web.settings import Settings


async def show_queue(settings: Settings, given: argparse.Namespace) -> int:
    """One line a mail that waits: id, state, tries, when it is tried next, and the domain it goes to."""
    async with house(settings, beside=True) as built:
        async for one in waiting_mail(built.office):
            again = one.next.isoformat() if one.next else None
            if given.json:
                facts = {"id": one.id, "state": one.state, "attempts": one.attempts}
                say({**facts, "next": again, "domain": one.domain})
            else:
                print_line(f"{one.id} {one.state} {one.attempts} {again} {one.domain or 'erased'}")
    return 0


async def flush_queue(settings: Settings, given: argparse.Namespace) -> int:
    """All that waits is tried now; by the server, which looks every two seconds."""
    async with house(settings, beside=True) as built:
        found = await flush(built.office)
    say({"flushed": found}) if given.json else print_line(f"{found} mails are tried now")
    return 0
