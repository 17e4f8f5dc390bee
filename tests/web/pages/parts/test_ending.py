"""A session is ended by two presses, never by one beside another button; and however early, it keeps its closing words."""

import re
from collections.abc import Callable
from datetime import timedelta

from messaging.messages import EventName
from messaging.record.reading import entries_after
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.visitor import Visitor
from web.pages.parts.ended import to_close


async def opened(people: Cast) -> str:
    held, _ = await people.enter("mira", "linden", Deed.HOLD_SESSION)
    await open_session(people.office, held)
    return f"/c/{people.conversation('linden')}"


async def test_ending_asks_once_and_stands_apart_from_making_it_longer(people: Cast, mira: Visitor) -> None:
    place = await opened(people)
    page = (await mira.get(place)).text
    asked = re.search(r"<details[^>]*end-session.*?</details>", page, re.DOTALL)
    assert asked is not None
    assert f'action="{place}/sessions/end"' in asked[0]
    assert page.count(f'action="{place}/sessions/end"') == 1
    assert " open" not in asked[0].partition(">")[0]
    between = page[page.index("5 more minutes") : page.index("End session")]
    assert between.count("<form") == 0
    assert "</header>" not in between
    assert "5 more minutes" not in asked[0]


async def test_ended_early_it_still_offers_the_closing_and_once(
    people: Cast, mira: Visitor, visitor: Callable[[], Visitor]
) -> None:
    linden = visitor()
    await linden.enter(people, "linden")
    place = await opened(people)
    await mira.submit(place, f"{place}/sessions/end")
    shown = await mira.get(place)
    assert "In a few words, what this session was" in shown.words
    room = f"/me/session/{people.conversation('linden')}"
    assert "What I take with me" in (await linden.get(room)).words
    kept = await mira.submit(place, f"{place}/sessions/closing", text="A good beginning.")
    assert kept.status == 303, kept.words
    after = (await mira.get(place)).words
    assert "A good beginning." in after
    assert "In a few words, what this session was" not in after


async def test_after_half_an_hour_no_closing_is_offered_that_would_be_refused(
    people: Cast, mira: Visitor
) -> None:
    place = await opened(people)
    await mira.submit(place, f"{place}/sessions/end")
    held, _ = await people.enter("mira", "linden")
    entries = await entries_after(people.office, held, 0)
    ended = next(one.at for one in entries if one.body.event is EventName.SESSION_ENDED)
    for minutes, offered in ((29, True), (31, False)):
        now = ended + timedelta(minutes=minutes)
        assert (to_close(entries, people["mira"].id, now) is not None) == offered
