"""Sending a letter from a page or a program, at its writer's pace. What is beyond it is kept as a draft, and said so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from messaging.errors import Refusal, TooFast, TooManyLetters
from messaging.letters.drafts import Writing, keep
from messaging.people import Role
from messaging.record.reading import was_said
from messaging.trust.access import Pass
from web.state import House


@asynccontextmanager
async def one_letter(house: House, role: Role, held: Pass, writing: Writing) -> AsyncIterator[None]:
    """Inside, a letter is sent or put away to be sent. Raises TooManyLetters; what was sent under its key may come again."""
    if await was_said(house.office, held, writing.id):
        yield
        return
    try:
        house.letters.take(role, held.person)
    except TooFast as refusal:
        raise TooManyLetters(refusal.retry_after, kept=await _kept(house, held, writing)) from None
    try:
        yield
    except Exception:  # whatever it was: nothing was sent, so nothing is counted
        house.letters.give_back(role, held.person)
        raise


async def _kept(house: House, held: Pass, writing: Writing) -> bool:
    """As a draft, if it can be one; the page has it in its field and a program has it itself in any case."""
    try:
        await keep(house.office, held, writing)
    except Refusal:
        return False
    return True
