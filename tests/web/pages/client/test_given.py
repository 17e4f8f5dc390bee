"""A client answers a measure one question a page, by plain forms; what is half done is theirs alone, and sent at once."""

import re
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from messaging.assignments.assignment import AssignmentKind
from messaging.assignments.giving import Given, give
from messaging.assignments.standing import series
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.hostile import Door, Reply


class Pages:
    """Pages as somebody's browser asks for them, without scripts."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.door = cast, Door(cast.house)

    async def ask(self, who: str, path: str, **fields: str) -> Reply:
        headers = {"authorization": f"Bearer {await self.cast.token(who)}"}
        if not fields:
            return await self.door.ask("GET", path, b"", headers)
        headers |= {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return await self.door.ask("POST", path, urlencode(fields).encode(), headers)


@pytest.fixture
def pages(cast: Cast) -> Pages:
    return Pages(cast)


async def test_a_measure_by_thumb_from_the_first_page_to_the_record(pages: Pages) -> None:
    cast = pages.cast
    nothing = await pages.ask("linden", "/me")
    assert "/me/given" not in nothing.text, "a practice that gives nothing feels none of this"
    assert "/me/plan" not in nothing.text
    held, circle = await cast.enter("mira", "ruth", Deed.ASSIGN)
    one, _ = await give(cast.office, held, circle, Given(uuid4(), AssignmentKind.MEASURE, "phq-9"))
    place = f"/me/given/{one.id}"
    assert place in (await pages.ask("ruth", "/me")).text
    for number in range(1, 10):
        shown = await pages.ask("ruth", place)
        assert f"{number} of 9" in shown.text, "it goes on where it was left, on whichever device"
        assert not re.search(r">\s*[0-3]\s*<", shown.text), "no value is shown"
        chosen = await pages.ask("ruth", place, item=str(number), value="1" if number == 9 else "0")
        assert chosen.status == 303
        assert ("first=1" in chosen.headers["location"]) is False or number == 9
    last = await pages.ask("ruth", place)
    assert "Send it" in last.text
    assert "/help-now" in last.text
    assert "/me/plan" in last.text, "at once, before anything is sent"
    assert await series(cast.office, held, "phq-9") == []
    again = await pages.ask("ruth", place, item="1", value="2")
    assert again.headers["location"].endswith("q=2")
    sent = await pages.ask("ruth", place, key=str(uuid4()))
    assert (sent.status, sent.headers["location"]) == (303, "/me/given?sent=1&first=1")
    assert "/help-now" in (await pages.ask("ruth", "/me/given?sent=1&first=1")).text
    assert (await pages.ask("ruth", place)).headers["location"] == "/me/given"
    assert (await pages.ask("ruth", place, key=str(uuid4()))).status == 303, "pressed twice"
    (point,) = await series(cast.office, held, "phq-9")
    assert (point.score, point.alerts) == (3, (("9", 1),))
    row = (await pages.ask("mira", "/inbox")).text
    assert "to be read first" in row
    chart = (await pages.ask("mira", f"/c/{held.conversation}/measures/phq-9")).text
    assert "<svg" in chart
    assert "3, none (today)" in chart
    assert "etected" not in chart + last.text + row


@pytest.mark.parametrize("value", ["", "4", "-1", "x", "²", "9" * 9])
async def test_what_is_no_answer_is_not_kept(pages: Pages, value: str) -> None:
    held, circle = await pages.cast.enter("mira", "ruth", Deed.ASSIGN)
    one, _ = await give(pages.cast.office, held, circle, Given(uuid4(), AssignmentKind.MEASURE, "gad-7"))
    place = f"/me/given/{one.id}"
    assert (await pages.ask("ruth", place, item="1", value=value)).status == 422
    assert (await pages.ask("ruth", place, item="8", value="1")).status == 404
    assert (await pages.ask("linden", place, item="1", value="1")).status == 404
    assert "1 of 7" in (await pages.ask("ruth", place)).text


async def test_a_task_and_a_plan_by_plain_forms(pages: Pages) -> None:
    cast = pages.cast
    here = f"/c/{cast.conversation('ruth')}/given"
    task = {"key": str(uuid4()), "kind": "task", "what": "Walk to the <gate>.", "why": "To see it."}
    assert (await pages.ask("mira", here, **task)).status == 303
    assert (await pages.ask("mira", here, **(task | {"key": str(uuid4()), "what": ""}))).status == 422
    shown = await pages.ask("ruth", "/me")
    assert "Walk to the &lt;gate&gt;." in shown.text
    (place,) = set(re.findall(r"/me/given/[0-9a-f-]{36}", shown.text))
    refused = await pages.ask("ruth", place, key=str(uuid4()), text="Half.")
    assert (refused.status, "Half." in refused.text) == (422, True)
    await pages.ask("ruth", place, key=str(uuid4()), state="partly", text="Half the way.")
    assert "Half the way." in (await pages.ask("mira", here)).text
    await pages.ask("mira", f"{here}/plan", key=str(uuid4()))
    written = {"key": str(uuid4()), "version": "1", "name-1": "signs", "text-1": "I hear the clock."}
    assert (await pages.ask("ruth", "/me/plan/change", **written)).status == 303
    crossed = await pages.ask(
        "ruth", "/me/plan/change", **(written | {"key": str(uuid4()), "text-1": "Mine."})
    )
    assert (crossed.status, "Mine." in crossed.text) == (409, True)
    remark = {"key": str(uuid4()), "part": "signs", "text": "Keep it."}
    assert (await pages.ask("mira", f"{here}/remark", **remark)).status == 303
    plan = (await pages.ask("ruth", "/me/plan")).text
    assert "I hear the clock." in plan
    assert "Keep it." in plan
