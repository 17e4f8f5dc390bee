"""Letters, sessions and the inbox through the real pages, over a real database, without scripts."""

import re
from uuid import uuid4

import pytest

from messaging.conversations import SessionState
from messaging.letters.settling import needs_no_answer
from messaging.messages import LETTER_LIMIT
from messaging.record.posting import say
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast, nobody
from tests.web.visitor import Answer, Visitor

WRITE = "/me/letters/write"


async def write(browser: Visitor, text: str) -> Answer:
    return await browser.submit(WRITE, WRITE, text=text)


async def said(people: Cast, conversation: str) -> list[str]:
    held, _ = await people.enter("mira", conversation)
    return [entry.body.text for entry in await entries_after(people.office, held, 0)]


async def test_a_letter_goes_from_the_client_to_the_inbox_and_its_answer_back(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    place = f"/c/{people.conversation('ruth')}"
    sent = await write(ruth, "I keep going back to that evening.")
    assert (sent.status, sent.place) == (303, "/me/letters?sent=1")
    assert "safely here" in (await ruth.get(sent.place)).words
    assert "It is safe here. Dr Mira answers by" in (await ruth.get("/me")).words
    inbox = await mira.get("/inbox")
    assert "Waiting for you 1" in inbox.words
    assert "I keep going back" in inbox.words
    assert "answer by" in (await mira.get(place)).words
    answered = await mira.submit(place, f"{place}/letters", text="Where would you like to begin?")
    assert (answered.status, answered.place) == (303, f"{place}#n2")
    after = await mira.get(place)
    assert "Nothing waits for an answer here" in after.words
    assert "The mail is on its way" in after.words
    assert "Dr Mira has written to you." in (await ruth.get("/me")).words
    assert "Where would you like to begin?" in (await ruth.get("/me/letters")).words


async def test_a_form_sent_twice_writes_one_letter(people: Cast, ruth: Visitor) -> None:
    fields = (await ruth.get(WRITE)).hidden(WRITE) | {"text": "Once is enough."}
    for _ in range(2):
        assert (await ruth.post(WRITE, fields)).status == 303
    assert await said(people, "ruth") == ["Once is enough."]


async def test_other_words_from_a_page_already_sent_come_back_and_can_go_as_well(
    people: Cast, ruth: Visitor
) -> None:
    fields = (await ruth.get(WRITE)).hidden(WRITE)
    await ruth.post(WRITE, fields | {"text": "The first."})
    again = await ruth.post(WRITE, fields | {"text": "The second."})
    assert (again.status, again.field("text")) == (409, "The second.")
    assert "already sent from this page" in again.words
    assert (await ruth.post(WRITE, again.hidden(WRITE) | {"text": again.field("text")})).status == 303
    assert await said(people, "ruth") == ["The first.", "The second."]


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        (" \n ", 422, "There is no text."),
        ("a\x00b", 422, "a character that cannot be kept"),
        ("long " * (LETTER_LIMIT // 5) + "!", 413, "too long to send at once"),
    ],
    ids=["blank", "nul", "long"],
)
async def test_a_letter_that_cannot_be_taken_comes_back_whole(
    people: Cast, ruth: Visitor, mira: Visitor, text: str, status: int, words: str
) -> None:
    place = f"/c/{people.conversation('ruth')}"
    for browser, page, action in ((ruth, WRITE, WRITE), (mira, place, f"{place}/letters")):
        answer = await browser.submit(page, action, text=text)
        assert answer.status == status
        assert words in answer.words
        assert answer.field("text").removeprefix("\n").strip("\n") == text.strip("\n")
    assert await said(people, "ruth") == []


async def test_words_sent_after_the_sign_in_has_ended_are_kept_on_the_page(
    people: Cast, ruth: Visitor
) -> None:
    fields = (await ruth.get(WRITE)).hidden(WRITE) | {"text": "An hour of writing <b>."}
    await ruth.post("/sign-out", {})
    kept = await ruth.post(WRITE, fields)
    assert (kept.status, kept.field("text")) == (401, "An hour of writing <b>.")
    assert "Sign in on a new page" in kept.words
    await ruth.sign_in(people, "ruth")
    again = await ruth.post(WRITE, kept.hidden(WRITE) | {"text": kept.field("text")})
    assert again.status == 303
    assert await said(people, "ruth") == ["An hour of writing <b>."]


async def test_a_page_asked_for_without_a_sign_in_is_come_back_to(people: Cast, site: str) -> None:
    browser = Visitor(site)
    place = f"/c/{people.conversation('ruth')}"
    sent = await browser.get(f"{place}?before=7")
    assert (sent.status, sent.place) == (303, f"/?next={place}%3Fbefore%3D7")
    following = (await browser.get(sent.place)).hidden("/sign-in")["next"]
    assert (await browser.sign_in(people, "mira", next=following)).place == f"{place}?before=7"


async def test_places_of_another_role_look_like_places_that_do_not_exist(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    own, foreign = people.conversation("ruth"), people.conversation("omar")
    nowhere = (await ruth.get("/nowhere")).text
    for place in ("/inbox", "/today", "/screener", "/admin", f"/c/{own}", f"/me/session/{foreign}"):
        answer = await ruth.get(place)
        assert (answer.status, answer.text) == (404, nowhere)
    for place in (
        "/me",
        "/me/letters",
        "/admin",
        f"/c/{foreign}",
        f"/c/{nobody()}",
        "/c/x",
        f"/c/{foreign}/entries",
    ):
        answer = await mira.get(place)
        assert (answer.status, answer.text) == (404, nowhere)
    for deed in ("letters", "sessions", "sessions/end", "handled"):
        answer = await mira.post(f"/c/{foreign}/{deed}", {"key": str(uuid4())})
        assert (answer.status, answer.text) == (404, nowhere)


async def test_opening_a_conversation_is_noted_and_moves_only_the_readers_own_mark(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await write(ruth, "Are you reading this?")
    place = f"/c/{people.conversation('ruth')}"
    noted, _ = await people.office.memory.trail.verify(people.practice.id)
    assert 'class="dot"' in (await mira.get("/inbox")).text
    before = (await ruth.get("/me")).words
    assert 'class="dot"' not in (await mira.get(place)).text
    assert (await people.office.memory.trail.verify(people.practice.id))[0] > noted
    _, circle = await people.enter("mira", "ruth")
    marks = {member.person: member.read_number for member in circle.conversation.members}
    assert marks == {people["mira"].id: 1, people["ruth"].id: 0}
    assert (await ruth.get("/me")).words == before


async def test_older_entries_come_page_by_page_none_twice_and_none_lost(people: Cast, mira: Visitor) -> None:
    held, _ = await people.enter("mira", "ruth", Deed.SETTLE)
    for _ in range(120):
        await needs_no_answer(people.office, held, uuid4())
    place: str | None = f"/c/{people.conversation('ruth')}"
    seen: list[int] = []
    pages = 0
    while place:
        text = (await mira.get(place)).text
        seen += [int(number) for number in re.findall(r'id="n(\d+)"', text)]
        older = re.search(r'hx-get="([^"]+/entries\?before=\d+)"', text)
        place, pages = older[1] if older else None, pages + 1
    assert sorted(seen) == list(range(1, 121))
    assert pages == 3


async def test_what_needs_no_answer_stops_waiting(people: Cast, ruth: Visitor, mira: Visitor) -> None:
    await write(ruth, "Only so that you know.")
    place = f"/c/{people.conversation('ruth')}"
    fields = (await mira.get(place)).hidden(f"{place}/handled")
    for _ in range(2):
        assert (await mira.post(f"{place}/handled", fields)).place == place
    assert "Nobody is waiting" in (await mira.get("/inbox")).words
    assert len(await said(people, "ruth")) == 2
    assert "Dr Mira says: no answer needed." in (await ruth.get("/me")).words


async def test_a_session_is_opened_shown_to_both_and_ended(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    conversation = people.conversation("ruth")
    place, room = f"/c/{conversation}", f"/me/session/{conversation}"
    assert "No session is open now" in (await ruth.get(room)).words
    for _ in range(2):
        assert (await mira.post(f"{place}/sessions", {"key": str(uuid4())})).place == place
    held, _ = await people.enter("ruth", "ruth", Deed.SAY)
    await say(people.office, held, uuid4(), "I am here.")
    assert "Your session with Dr Mira is open." in (await ruth.get("/me")).words
    assert "live now" in (await mira.get("/today")).words
    assert (await ruth.check_in(conversation)).place == room
    shown = await ruth.get(room)
    assert 'data-state="live"' in shown.text
    assert 'data-last="3"' in shown.text
    assert "I am here." in shown.words
    letter = await ruth.submit(room, WRITE, text="Written without scripts.")
    assert letter.status == 303
    for _ in range(2):
        assert (await mira.post(f"{place}/sessions/end", {"key": str(uuid4())})).place == place
    ended = await ruth.get(room)
    assert "The session has ended" in ended.words
    assert "1 message" in ended.words
    _, circle = await people.enter("ruth", "ruth")
    assert circle.conversation.live is None
    assert await said(people, "ruth") == ["", "I am here.", "", "Written without scripts.", ""]


async def test_a_booked_session_whose_time_has_come_is_the_one_that_opens(
    people: Cast, mira: Visitor
) -> None:
    from messaging.sessions.booking import book

    held, _ = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    booked = await book(people.office, held, people.office.clock(), 80)
    place = f"/c/{people.conversation('ruth')}"
    await mira.post(f"{place}/sessions", {"key": str(uuid4())})
    _, circle = await people.enter("mira", "ruth")
    live = circle.conversation.live
    assert live is not None
    assert (live.id, live.state, live.minutes) == (booked.id, SessionState.LIVE, 80)


async def test_a_couple_sees_who_reads_and_each_may_write(people: Cast, site: str) -> None:
    ben = Visitor(site)
    await ben.enter(people, "ben")
    assert "You, Tess and Dr Mira read this" in (await ben.get(WRITE)).words
    assert (await write(ben, "We talked.")).status == 303
    tess = Visitor(site)
    await tess.enter(people, "tess")
    assert "We talked." in (await tess.get("/me/letters")).words


async def test_no_page_says_in_its_title_or_address_who_or_what_it_is_about(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await write(ruth, "Heron and harbour.")
    conversation = people.conversation("ruth")
    for browser, place in (
        (ruth, "/me"),
        (ruth, "/me/letters"),
        (ruth, f"/me/session/{conversation}"),
        (mira, "/inbox"),
        (mira, f"/c/{conversation}"),
    ):
        page = await browser.get(place)
        title = re.search(r"<title>(.*)</title>", page.text)
        assert title is not None
        links = " ".join(re.findall(r'(?:href|src|action)="([^"]*)"', page.text))
        for word in ("Ruth", "Mira", "Heron", people.practice.slug):
            assert word.lower() not in f"{title[1]} {links}".lower()
        assert page.headers["cache-control"] == "no-store"


async def test_an_administrator_sees_who_is_here_and_no_word(people: Cast, ruth: Visitor, site: str) -> None:
    await write(ruth, "Heron and harbour.")
    nour = Visitor(site)
    await nour.enter(people, "nour")
    page = await nour.get("/admin")
    assert "Ruth client Dr Mira 1 – whole letters by mail" in page.words
    assert "Dr Mira therapist 4 clients 3" in page.words
    assert "Heron" not in page.text
