"""What the commands about mail do."""

import argparse
from collections import Counter
from collections.abc import AsyncIterator

from channels.email.reading.rereading import Reread, Rereader
from channels.email.workers.reading_room import ReadingRoom
from messaging.ids import ConversationId, PracticeId, parse_uuid
from messaging.memory.arriving import OriginalState
from messaging.practice.operating import conversations_by_mail, has_conversation, practice_ids
from web.commands.acts import print_line, say
from web.commands.reasons import CommandFailed
from web.house import house
from web.mail import mail_in
from web.settings import Settings
from web.state import House


async def reparse(settings: Settings, given: argparse.Namespace) -> int:
    """Reads originals again: held letters are decided anew, delivered ones compared with the record."""
    found: Counter[str] = Counter()
    async with house(settings, beside=True) as built:
        room = ReadingRoom(1)
        try:
            rereader = Rereader(built.office, mail_in(settings.mail), room)
            async for one in _chosen(built, rereader, given):
                found[_words(one)] += 1
                if given.json:
                    say({"original": one.original, "was": one.was, "now": one.now, "same": one.same})
        finally:
            await room.close()
    if not given.json:
        for words, count in sorted(found.items()):
            print_line(f"{count} {words}")
        print_line(f"{found.total()} letters read again")
    return 0


async def _chosen(built: House, rereader: Rereader, given: argparse.Namespace) -> AsyncIterator[Reread]:
    conversation = None
    if given.conversation is not None:
        parsed = parse_uuid(given.conversation)
        conversation = ConversationId(parsed) if parsed else None
    practices = await practice_ids(built.office)
    if given.conversation is not None:
        practices = [
            p for p in practices if conversation and await has_conversation(built.office, p, conversation)
        ]
        if not practices:
            raise CommandFailed("there is no such conversation")
    for practice in practices:
        async for one in rereader.held(practice, conversation):
            yield one
        for each in await _delivered_in(built, practice, conversation, given):
            async for one in rereader.delivered(practice, each):
                yield one


async def _delivered_in(
    built: House, practice: PracticeId, conversation: ConversationId | None, given: argparse.Namespace
) -> list[ConversationId]:
    if conversation is not None:
        return [conversation]
    return await conversations_by_mail(built.office, practice) if given.all else []


def _words(one: Reread) -> str:
    match one.was, one.same:
        case _, None:
            return f"{one.was} letters still cannot be read"
        case OriginalState.DELIVERED, True:
            return "delivered letters read as the record has them"
        case OriginalState.DELIVERED, False:
            return "delivered letters would be read otherwise today; the record stays as it is"
    return f"{one.was} letters are {one.now} now" if one.now is not one.was else f"{one.was} letters stay so"
