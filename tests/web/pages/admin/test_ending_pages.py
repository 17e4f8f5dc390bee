"""Care that ends, on pages: what ends is named first, who was in care reads the truth, one button begins again."""

import re
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest

from messaging.letters.writing import Letter, write_letter
from messaging.sessions.booking import book
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.world import FakeRelay
from tests.messaging.sessions.booked import by, slots, tomorrow
from tests.web.visitor import Visitor


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


async def written(people: Cast, who: str) -> None:
    held, circle = await people.enter(who, "ruth", Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), "How I am."))


@pytest.mark.parametrize("who", ["mira", "nour"])
async def test_what_ends_is_named_and_nothing_ends_by_looking(
    people: Cast, mira: Visitor, nour: Visitor, who: str
) -> None:
    browser, base = (mira, "/clients") if who == "mira" else (nour, "/admin/people")
    place = f"{base}/circles/{people.conversation('ruth')}"
    await book(people.office, await by(people, "mira", "ruth"), tomorrow(), 50)
    await written(people, "ruth")
    asked = await browser.get(f"{place}/end")
    assert "is cancelled, and everybody is told as usual" in asked.words
    assert "1 letter waits for an answer here" in asked.words
    refused = await browser.submit(f"{place}/end", f"{place}/end", reason="Moved.")
    assert refused.status == 409
    assert 'value="Moved."' in refused.text
    assert "Leaving: care ended" not in (await browser.get(place)).words
    done = await browser.submit(f"{place}/end", f"{place}/end", reason="Moved.", knowingly="yes")
    assert done.place == f"{place}?done=ended"
    assert "Leaving: care ended" in (await browser.get(done.place)).words
    assert (await browser.get(f"{place}/end")).status == 303, "nothing is left to end"
    again = await browser.submit(place, f"{place}/begin-again")
    assert again.place == f"{place}?done=begun-again"
    assert "End care …" in (await browser.get(place)).words


async def test_who_was_in_care_reads_the_truth_wherever_they_might_wait(
    people: Cast, mira: Visitor, ruth: Visitor, relay: FakeRelay
) -> None:
    place = f"/clients/circles/{people.conversation('ruth')}"
    await slots(people)
    await mira.submit(f"{place}/end", f"{place}/end", reason="As we agreed.")
    for page in ("/me", "/me/letters", f"/me/session/{people.conversation('ruth')}"):
        words = (await ruth.get(page)).words
        assert "Care with Dr Mira has ended" in words, page
        assert "Help now" in words
        assert not re.search(r"nswered by (?!\{)", words), "but in the sentences that scripts fill"
    writing = await ruth.get("/me/letters/write")
    assert "Care has ended here: your letter is kept, and no time is promised" in writing.words
    assert "No times are offered now" in (await ruth.get("/me/sessions")).words
    sent = await ruth.submit(
        "/me/letters/write", "/me/letters/write", deed="send", text="I write nonetheless."
    )
    assert sent.place == "/me/letters?sent=1"
    assert "I write nonetheless." in (await ruth.get("/me/letters")).words
    await send(people.office, relay)
    mails = [message_from_bytes(raw, policy=default) for raw in relay.to(str(people["ruth"].email))]
    told = [part.get_content() for one in mails if (part := one.get_body(("plain",))) is not None]
    assert any("Care has ended here. What was written stays readable" in one for one in told)
    receipt = next(one for one in told if "Your message has arrived" in one)
    assert "Care has ended here." in receipt
    assert "No time is promised" in receipt
    assert "/help-now" in receipt
    assert "answered by" not in receipt


async def test_who_cares_sees_what_was_written_after_the_end_and_opens_no_session(
    people: Cast, mira: Visitor
) -> None:
    conversation = people.conversation("ruth")
    place = f"/clients/circles/{conversation}"
    before = await mira.get(f"/c/{conversation}")
    assert "Open a session now" in before.words
    opening = before.hidden(f"/c/{conversation}/sessions")
    await mira.submit(f"{place}/end", f"{place}/end")
    await written(people, "ruth")
    rows = await mira.get("/inbox")
    assert "Written after care ended." in rows.words
    assert f'id="row-{conversation}" data-group="waiting_for_you"' in rows.text, (
        "nothing is promised, and it is first"
    )
    shown = await mira.get(f"/c/{conversation}")
    assert "written after care ended" in shown.words
    assert "ended care here" in shown.words
    assert "Open a session now" not in shown.words
    assert "Written after care ended." not in (await mira.get("/inbox")).words, "it has been read"
    late = await mira.post(f"/c/{conversation}/sessions", opening)
    assert late.status == 409
    assert f'value="{conversation}"' not in (await mira.get("/calendar")).text
    answered = await mira.submit(
        f"/c/{conversation}", f"/c/{conversation}/letters", text="Dear Ruth.", when="undo"
    )
    assert answered.status == 303, "a letter still reaches them"
