"""The letters of a day, one at a time, by a browser without scripts: each on its own page, and none to the wrong person."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, update

from messaging.letters.drafts import DraftKind, drafts_of
from messaging.letters.sending_later import pending_letters
from messaging.letters.writing import Letter, write_letter
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.visitor import Answer, Visitor
from threads.tables.conversations import conversations
from threads.tables.installation import queue
from web.timekeeping import send_due_letters

NAMES = ("ruth", "linden", "ben")
WORDS = {"ruth": "A secret lake.", "linden": "Seven paper boats.", "ben": "The twelve minutes."}


@pytest.fixture(autouse=True)
async def nothing_left(people: Cast) -> AsyncIterator[None]:
    yield
    async with people.office.memory.people._database.anywhere() as connection:  # type: ignore[attr-defined]
        await connection.execute(delete(queue).where(queue.c.practice_id == people.practice.id))


async def write(people: Cast, who: str, text: str) -> None:
    held, circle = await people.enter(who, who, Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), text))


async def waiting(people: Cast, *names: str) -> None:
    """Letters of these, promised for today in this order; it is never too late in the day for it."""
    now = people.office.clock()
    for place, name in enumerate(names):
        await write(people, name, WORDS[name])
        since = now - timedelta(days=9, minutes=len(names) - place)
        await set_row(people, name, waiting_since=since)


async def set_row(people: Cast, name: str, **values: object) -> None:
    database = people.office.memory.people._database  # type: ignore[attr-defined]
    async with database.within(people.practice.id) as connection:
        await connection.execute(
            update(conversations).where(conversations.c.id == people.conversation(name)).values(**values)
        )


def place(people: Cast, name: str) -> str:
    return f"/flow/{people.conversation(name)}"


async def follow(browser: Visitor, answer: Answer) -> Answer:
    while answer.status == 303:
        answer = await browser.get(answer.place)
    return answer


async def send(browser: Visitor, people: Cast, name: str, text: str, **more: str) -> Answer:
    at = place(people, name)
    return await browser.submit(at, at, text=text, **more)


async def going(people: Cast, name: str) -> list[str]:
    held, _ = await people.enter("mira", name, Deed.WRITE)
    return [one.text for one in await pending_letters(people.office, held)]


async def said(people: Cast, name: str) -> list[str]:
    held, _ = await people.enter("mira", name)
    return [one.body.text for one in await entries_after(people.office, held, 0) if one.is_letter]


async def gone(people: Cast) -> None:
    """Half a minute passes."""
    later = replace(people.office, clock=lambda: people.office.clock() + timedelta(minutes=1))
    await send_due_letters(later)


def others_named(page: Answer, *names: str) -> list[str]:
    return [name for name in names if re.search(rf"\b{name}\b", page.words)]


async def test_begin_opens_one_letter_at_a_time_by_promise_and_the_end_is_one_sentence(
    people: Cast, mira: Visitor
) -> None:
    await waiting(people, *NAMES)
    today = await mira.get("/today")
    assert "3 letters are late" in today.words
    assert "Begin (3 letters)" in today.words
    for number, name in enumerate(NAMES, 1):
        opened = await mira.get("/flow?begin=1" if number == 1 else "/flow")
        assert opened.place == place(people, name)
        shown = await mira.get(opened.place)
        assert f"{number} of 3" in shown.words
        assert WORDS[name] in shown.words
        rest = [other for other in NAMES if other != name]
        assert not [WORDS[other] for other in rest if WORDS[other] in shown.words]
        assert others_named(shown, *(people[other].name for other in rest)) == []
        sent = await send(mira, people, name, f"An answer, the {number}th.")
        following = place(people, NAMES[number]) if number < 3 else "/flow"
        assert (sent.status, sent.place) == (303, following)
    end = await mira.get("/flow")
    assert "All promises of today are kept." in end.words
    assert "3 of 3" in end.words
    await gone(people)
    for number, name in enumerate(NAMES, 1):
        assert await said(people, name) == [WORDS[name], f"An answer, the {number}th."]


async def test_the_one_just_sent_is_taken_back_while_the_next_is_open_and_what_was_begun_there_is_kept(
    people: Cast, mira: Visitor
) -> None:
    await waiting(people, "ruth", "linden")
    await mira.get("/flow?begin=1")
    await send(mira, people, "ruth", "Dear Ruth, too soon.")
    shown = await mira.get(place(people, "linden"))
    assert "Your letter goes at" in shown.words
    assert others_named(shown, "Ruth") == []
    (which,) = re.findall(r'name="undo" value="([^"]+)"', shown.text)
    fields = shown.hidden(place(people, "linden"))
    back = await mira.post("/flow/undo", fields | {"text": "Half a line", "undo": which})
    assert back.place.startswith(f"{place(people, 'ruth')}?draft=")
    again = await mira.get(back.place)
    assert again.field("text") == "Dear Ruth, too soon."
    assert "1 of 2" in again.words
    assert (await mira.get(place(people, "linden"))).field("text") == "Half a line"
    await gone(people)
    assert await said(people, "ruth") == [WORDS["ruth"]]
    late = await mira.post("/flow/undo", fields | {"text": "", "undo": which})
    assert late.place.endswith("?gone=1")
    assert "could not be taken back" in (await mira.get(late.place)).words


async def test_a_letter_answered_elsewhere_is_passed_over_and_said_and_a_new_one_is_counted_in(
    people: Cast, mira: Visitor
) -> None:
    await waiting(people, "ruth", "linden")
    await mira.get("/flow?begin=1")
    at = place(people, "ruth")
    fields = (await mira.get(at)).hidden(at)
    held, circle = await people.enter("mira", "linden", Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), "From another device."))
    await waiting(people, "ben")
    sent = await mira.post(at, fields | {"text": "An answer."})
    assert sent.place == place(people, "ben")
    shown = await mira.get(sent.place)
    assert "1 letter was answered elsewhere meanwhile" in shown.words
    assert "1 more letter is due today now" in shown.words
    assert "3 of 3" in shown.words
    once = await mira.get(sent.place)
    assert "elsewhere meanwhile" not in once.words, "it is said once"
    assert "3 of 3" in once.words


async def test_what_is_put_off_comes_last_and_what_was_begun_is_where_it_was(
    people: Cast, mira: Visitor
) -> None:
    await waiting(people, "ruth", "linden")
    await mira.get("/flow?begin=1")
    at = place(people, "ruth")
    fields = (await mira.get(at)).hidden(at)
    put = await mira.post(f"{at}/later", fields | {"text": "Dear Ruth, I think"})
    assert put.place == place(people, "linden")
    assert "2 of 2" in (await mira.get(put.place)).words
    end = await follow(mira, await send(mira, people, "linden", "An answer."))
    assert "1 letter is left for later today." in end.words
    assert "All promises" not in end.words
    again = await follow(mira, await mira.get("/flow?again=1"))
    assert again.field("text") == "Dear Ruth, I think"
    assert "2 of 2" in again.words


async def test_what_needs_no_answer_is_settled_and_that_is_undone(people: Cast, mira: Visitor) -> None:
    await waiting(people, "ruth", "linden")
    await mira.get("/flow?begin=1")
    at = place(people, "ruth")
    fields = (await mira.get(at)).hidden(at)
    settled = await mira.post(f"{at}/handled", fields | {"text": "Kept."})
    assert settled.place == place(people, "linden")
    shown = await mira.get(settled.place)
    assert "Settled: it needs no answer" in shown.words
    assert others_named(shown, "Ruth") == []
    (which,) = re.findall(r'name="undo" value="([^"]+)"', shown.text)
    back = await mira.post("/flow/undo", {"undo": which})
    assert back.place == at
    assert (await mira.get(at)).field("text") == "Kept."


async def test_a_letter_planned_beyond_its_promise_waits_still(people: Cast, mira: Visitor) -> None:
    await waiting(people, "ruth")
    await mira.get("/flow?begin=1")
    end = await follow(mira, await send(mira, people, "ruth", "Slept on.", when="sleep"))
    assert "1 letter is left for later today." in end.words


async def test_what_the_client_writes_meanwhile_is_read_before_the_answer_goes(
    people: Cast, mira: Visitor
) -> None:
    await waiting(people, "ruth")
    at = place(people, "ruth")
    fields = (await mira.get(at)).hidden(at)
    await write(people, "ruth", "P.S. I have slept.")
    crossed = await mira.post(at, fields | {"text": "Do sleep."})
    assert crossed.status == 409
    assert "Another letter came first." in crossed.words
    assert "P.S. I have slept." in crossed.words
    assert crossed.field("text") == "Do sleep."
    assert await going(people, "ruth") == []
    sent = await mira.post(at, crossed.hidden(at) | {"text": "You slept."})
    assert sent.status == 303
    assert await going(people, "ruth") == ["You slept."]


@pytest.mark.parametrize("prefix", ["/flow/{}", "/c/{}/letters"])
async def test_what_is_sent_from_the_page_of_one_never_lands_with_another(
    people: Cast, mira: Visitor, prefix: str
) -> None:
    """Every mixture of a form of Ruth's with the address, the conversation or the letter of another."""
    await waiting(people, *NAMES)
    of_ruth = (await mira.get(place(people, "ruth"))).hidden(place(people, "ruth"))
    for other in ("linden", "ben"):
        theirs = (await mira.get(place(people, other))).hidden(place(people, other))
        mixtures = [
            of_ruth,
            of_ruth | {"conversation": theirs["conversation"]},
            theirs | {"conversation": of_ruth["conversation"]},
            theirs | {"answers": of_ruth["answers"]},
            theirs | {"answers": str(uuid4())},
        ]
        for fields in mixtures:
            refused = await mira.post(
                prefix.format(people.conversation(other)),
                fields | {"text": "Dear Ruth, only you.", "key": str(uuid4())},
            )
            assert refused.status == 409, fields
            assert "This page was made for another conversation, so nothing was sent." in refused.words
            assert refused.field("text") == "Dear Ruth, only you."
            assert WORDS[other] not in refused.words
    await gone(people)
    for name in NAMES:
        assert await going(people, name) == []
        assert await said(people, name) == [WORDS[name]]


async def test_back_and_two_tabs_send_once_and_where_they_were(people: Cast, mira: Visitor) -> None:
    await waiting(people, "ruth", "linden")
    tabs = [(await mira.get(place(people, name))).hidden(place(people, name)) for name in ("ruth", "linden")]
    # The second tab first; then the first twice, as a press of Back and another of Send.
    await mira.post(place(people, "linden"), tabs[1] | {"text": "To Linden."})
    for _ in range(2):
        sent = await mira.post(place(people, "ruth"), tabs[0] | {"text": "To Ruth."})
        assert sent.status == 303
    other = await mira.post(place(people, "ruth"), tabs[0] | {"text": "Something else."})
    assert other.status == 409
    assert await going(people, "ruth") == ["To Ruth."]
    assert await going(people, "linden") == ["To Linden."]
    assert "This letter is answered." in (await mira.get(place(people, "ruth"))).words
    await gone(people)
    assert await said(people, "ruth") == [WORDS["ruth"], "To Ruth."]
    assert await said(people, "linden") == [WORDS["linden"], "To Linden."]


async def test_who_is_promised_an_answer_on_another_day_is_named_at_the_end(
    people: Cast, mira: Visitor
) -> None:
    await write(people, "ruth", "There is time.")
    far = people.office.clock() + timedelta(days=3)
    await set_row(people, "ruth", answer_weekday=far.weekday(), waiting_since=people.office.clock())
    quiet = await mira.get("/today")
    assert "No letter is due today." in quiet.words
    assert re.search(r"Next: \w{3} \d+ \w{3}, 18:00, Ruth \.", quiet.words)
    end = await mira.get("/flow")
    assert "All promises of today are kept." in end.words
    assert re.search(r"Next: \w{3} \d+ \w{3}, 18:00, Ruth \.", end.words)


async def test_nobody_else_keeps_ones_place(people: Cast, mira: Visitor) -> None:
    await waiting(people, "ruth", "linden")
    await mira.get("/flow?begin=1")
    await send(mira, people, "ruth", "An answer.")
    cookie = mira.cookies["quietline-flow"]
    eli = Visitor(mira.base)
    await eli.enter(people, "eli")
    eli.cookies["quietline-flow"] = cookie
    assert "of 2" not in (await eli.get("/flow")).words
    assert (await eli.get(place(people, "ruth"))).status == 404
    mira.cookies["quietline-flow"] = "nonsense.." + cookie[::-1]
    assert "1 of 1" in (await mira.get(place(people, "linden"))).words


async def test_a_draft_begun_in_the_inbox_is_in_the_flow(people: Cast, mira: Visitor) -> None:
    await waiting(people, "ruth")
    at = place(people, "ruth")
    fields = (await mira.get(at)).hidden(at)
    await mira.post(f"{at}/later", fields | {"text": "Begun."})
    held, _ = await people.enter("mira", "ruth", Deed.WRITE)
    (draft,) = await drafts_of(people.office, held, DraftKind.LETTER)
    assert draft.text == "Begun."
    assert "Begun." in (await mira.get(f"/c/{people.conversation('ruth')}")).field("text")


@pytest.mark.parametrize("prefix", ["/flow/{}", "/c/{}/letters"])
async def test_a_letter_that_names_another_client_asks_before_it_goes(
    people: Cast, mira: Visitor, prefix: str
) -> None:
    await waiting(people, "ruth")
    at = prefix.format(people.conversation("ruth"))
    fields = (await mira.get(at.removesuffix("/letters"))).hidden(at)
    written = fields | {"text": "Dear Linden,\n\nthank you.", "when": "undo"}
    asked = await mira.post(at, written)
    assert asked.status == 409
    assert "This letter goes to Ruth , and names Linden . That is the name of another client" in asked.words
    assert "It is meant for Ruth: send" in asked.words
    assert asked.field("text") == "Dear Linden,\n\nthank you."
    assert await going(people, "ruth") == []
    meant = asked.hidden(at) | {"text": "Dear Linden,\n\nthank you.", "when": "undo"}
    other = await mira.post(at, meant | {"text": "Dear Linden and Tess,"})
    assert other.status == 409, "who says yes to one name has not said it to another"
    assert (await mira.post(at, meant)).status == 303
    assert await going(people, "ruth") == ["Dear Linden,\n\nthank you."]


async def test_nothing_of_what_is_compared_stands_in_the_log(
    people: Cast, mira: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    await waiting(people, "ruth")
    at = place(people, "ruth")
    with caplog.at_level("DEBUG"):
        assert (await send(mira, people, "ruth", "Dear Linden, Zwetschkenknödel.")).status == 409
    told = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert at
    assert "Linden" not in told
    assert "Zwetschken" not in told


@pytest.mark.parametrize("flow", [True, False])
async def test_a_second_look_says_to_whom_and_what_was_left_and_sends_nothing_by_itself(
    people: Cast, mira: Visitor, *, flow: bool
) -> None:
    await write(people, "ruth", "Dear Mira,\n\nDid you read it?\n\nI slept.\n\nRuth")
    await set_row(people, "ruth", waiting_since=people.office.clock() - timedelta(days=9))
    here = people.conversation("ruth")
    page, at = (f"/flow/{here}", f"/flow/{here}") if flow else (f"/c/{here}", f"/c/{here}/letters")
    written = "Dear [name],\n\n> I slept.\n\nHow was it?"
    fields = (await mira.get(page)).hidden(at) | {"text": written, "when": "undo"}
    looked = await mira.post(f"/c/{here}/letters/look", fields | ({"flow": "1"} if flow else {}))
    assert looked.status == 200
    assert "To Ruth" in looked.words
    assert "Places left to fill in [name]" in looked.words
    assert "Paragraphs without an answer 1 of 2 Did you read it?" in looked.words
    assert "1 in what you answer, 1 of yours" in looked.words
    assert await going(people, "ruth") == []
    (back,) = set(re.findall(r'href="([^"]+\?draft=[^"]+)"', looked.text))
    assert (await mira.get(back.partition("#")[0])).field("text") == written
    sent = await mira.post(at, looked.hidden(at))
    assert sent.status == 303, sent.words
    assert await going(people, "ruth") == [written]


@pytest.mark.parametrize("ended", [False, True])
async def test_every_page_says_the_same_of_how_many_wait(people: Cast, mira: Visitor, ended: bool) -> None:
    await waiting(people, "ruth", "linden")
    if ended:
        now = people.office.clock()
        await set_row(people, "linden", ended_at=now - timedelta(days=30), waiting_since=None)
    bars = set()
    for at in ("/today", "/inbox", "/calendar", "/screener", "/search"):
        page = (await mira.get(at)).words
        bars.add(re.search(r"Inbox (\d+) Calendar", page)[1])  # type: ignore[index]  # or it fails
    assert bars == {"2"}
