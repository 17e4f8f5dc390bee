"""A conversation in which nobody has written has no time of its own, and shows none: not the one of looking."""

import re
from collections.abc import Callable

from tests.cast import Cast
from tests.journeys.test_live_chat import begin_session, finish_session
from tests.web.visitor import Visitor


async def test_who_has_not_written_has_no_time(people: Cast, visitor: Callable[[], Visitor]) -> None:
    mira = visitor()
    await mira.enter(people, "mira")
    shown = (await mira.get("/inbox/rows")).text
    assert str(people.conversation("ben")) in shown
    assert 'class="wait"' not in shown
    await begin_session(people, "ben")
    await finish_session(people, "ben")
    shown = (await mira.get("/inbox/rows")).text
    assert len(re.findall('class="wait"', shown)) == 1, "something happened in one of them"
