"""Linden's session: live whenever the demonstration runs. One whose time is up ends then, and a new one begins."""

from datetime import datetime, timedelta
from typing import Final

from messaging.conversations import Session
from messaging.record.reading import enter
from messaging.sessions.checking_in import Given, check_in
from messaging.trust.access import Deed
from web.demo.history import LIVE, TOLD
from web.demo.scenes import opening_hour
from web.demo.telling import Stage, begin, end, speak

FILE: Final = "linden"
HOLDER: Final = "mira"
MINUTES: Final = 50
WHERE: Final = Given("at home, the laundry room", "AT", alone=True)
INSTANT: Final = timedelta(milliseconds=1)


async def keep_live(stage: Stage) -> None:
    """Makes sure of it. Nothing is written before what is in the record already."""
    _, circle = await enter(stage.office, stage.people[HOLDER], stage.files[FILE], Deed.READ)
    live, last = circle.conversation.live, circle.conversation.last_at
    if live is not None and live.ends > stage.now:
        return
    if live is not None:
        last = await _end(stage, live, last)
    began = opening_hour(stage.now)
    began = max(began, last + INSTANT) if last else began
    await begin(stage.then(began), FILE, HOLDER, MINUTES)
    await _check_in(stage.then(began + INSTANT / 2))
    # The lines are said in the time there was, be it shorter or longer than they took: the last one is a minute old.
    pace = (stage.now - began) / timedelta(minutes=TOLD)
    for place, (who, minute, text) in enumerate(LIVE, 1):
        at = began + max(timedelta(minutes=minute) * pace, INSTANT * place)
        await speak(stage.then(at), FILE, who, text)


async def _check_in(stage: Stage) -> None:
    """Who is Linden comes straight into the room."""
    held, circle = await enter(stage.office, stage.people[FILE], stage.files[FILE], Deed.SAY)
    live = circle.conversation.live
    if live is not None:
        await check_in(stage.office, held, live, stage.office.new_id(), WHERE, comparing=False)


async def _end(stage: Stage, live: Session, last: datetime | None) -> datetime:
    at = max(live.ends, last + INSTANT) if last else live.ends
    await end(stage.then(at), FILE, HOLDER)
    return at
