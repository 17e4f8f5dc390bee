"""The waiting room and the clinician's cards through the real pages, over a real database, without scripts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from messaging.conversations import Session
from messaging.sessions.booking import book
from messaging.sessions.holding import end_session, open_session
from messaging.sessions.recognising import choose_word
from messaging.sessions.rules import set_rules
from messaging.sessions.standings import own_standing
from messaging.trust.access import Deed
from tests.cast import PASSWORD, Cast
from tests.web.visitor import Answer, Visitor

HOME = {"place": "Lend, Graz", "region": "AT", "alone": "yes", "phone": "+43 660 123 45 67"}
"""What the form posts."""


async def near(people: Cast, conversation: str = "ruth", minutes: int = 10) -> Session:
    held, _ = await people.enter("mira", conversation, Deed.HOLD_SESSION)
    return await book(people.office, held, people.office.clock() + timedelta(minutes=minutes), 50)


async def live(people: Cast, conversation: str = "ruth") -> Session:
    held, _ = await people.enter("mira", conversation, Deed.HOLD_SESSION)
    return await open_session(people.office, held, beside=True)


def door(people: Cast, conversation: str = "ruth") -> str:
    return f"/me/session/{people.conversation(conversation)}"


async def check_in(browser: Visitor, people: Cast, conversation: str = "ruth", **fields: str) -> Answer:
    place = door(people, conversation)
    return await browser.submit(place, f"{place}/check-in", **{**HOME, **fields})


async def anew(browser: Visitor, people: Cast, **fields: str) -> Answer:
    """Once more, though nobody asked."""
    place = f"{door(people)}/check-in"
    return await browser.submit(place, place, **{**HOME, **fields})


async def cards(mira: Visitor, people: Cast, conversation: str = "ruth") -> str:
    return (await mira.get(f"/c/{people.conversation(conversation)}/check-ins")).words


async def signed_in(people: Cast, visitor: Callable[[], Visitor], name: str) -> Visitor:
    browser = visitor()
    await browser.enter(people, name)
    return browser


async def set_word(people: Cast, word: str) -> None:
    await choose_word(people.office, people.practice.id, people["ruth"].id, word, instead=True)


async def test_before_a_session_the_client_checks_in_and_waits_and_then_enters(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    session = await near(people)
    assert "Go to the waiting room" in (await ruth.get("/me")).words
    asked = await ruth.get(door(people))
    assert "Where are you now?" in asked.words
    assert "without JavaScript" in asked.words
    assert "Your word" not in asked.words
    assert "has not checked in yet" in await cards(mira, people)
    sent = await check_in(ruth, people)
    assert (sent.status, sent.place) == (303, door(people))
    assert "You are checked in" in (await ruth.get(door(people))).words
    seen = (await mira.get(f"/c/{people.conversation('ruth')}")).text
    assert "Lend, Graz" in seen
    assert 'href="tel:+436601234567"' in seen
    held, _ = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    live_one = await open_session(people.office, held, session)
    assert "data-composer" in (await ruth.get(door(people))).text
    assert "Lend, Graz" in await cards(mira, people)
    await end_session(people.office, held, live_one)
    assert "Lend, Graz" not in await cards(mira, people)
    record = (await mira.get(f"/c/{people.conversation('ruth')}/check-ins/record")).words
    assert "Lend, Graz , Austria Alone and private" in record


async def test_until_they_have_checked_in_a_live_session_shows_the_questions_and_not_the_room(
    people: Cast, ruth: Visitor
) -> None:
    await live(people)
    shown = await ruth.get(door(people))
    assert "Where are you now?" in shown.words
    assert "data-composer" not in shown.text
    await check_in(ruth, people)
    assert "data-composer" in (await ruth.get(door(people))).text


async def test_a_session_hours_away_has_no_waiting_room_yet(people: Cast, ruth: Visitor) -> None:
    await near(people, minutes=60)
    assert "Go to the waiting room" not in (await ruth.get("/me")).words
    assert "No session is open now" in (await ruth.get(door(people))).words
    assert (await ruth.get(f"{door(people)}/check-in")).status == 409


async def test_what_was_said_last_time_is_offered_and_taken(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await near(people)
    await check_in(ruth, people)
    again = await ruth.get(f"{door(people)}/check-in")
    assert "Same as last time: Lend, Graz, Austria" in again.words
    assert "Same as last time: +43 660 123 45 67" in again.words
    fields = again.hidden(f"{door(people)}/check-in")
    same = {"where": "same", "call": "same", "alone": "no"}
    assert (await ruth.post(f"{door(people)}/check-in", fields | same)).status == 303
    seen = await cards(mira, people)
    assert "Lend, Graz , Austria Not alone now" in seen
    assert "+43 660 123 45 67" in seen


async def test_the_same_as_last_time_is_what_stood_on_the_page(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await near(people)
    await check_in(ruth, people)
    old = (await ruth.get(f"{door(people)}/check-in")).hidden(f"{door(people)}/check-in")
    assert (await anew(ruth, people, place="a train")).status == 303
    await ruth.post(f"{door(people)}/check-in", old | {"where": "same", "call": "same", "alone": "yes"})
    assert "Lend, Graz" in await cards(mira, people)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"place": " "}, "Please say where you are"),
        ({"region": ""}, "Please choose the country"),
        ({"alone": ""}, "whether you are alone"),
        ({"phone": "call me"}, "does not look like a telephone number"),
    ],
    ids=["place", "region", "alone", "phone"],
)
async def test_a_mistake_keeps_what_was_written_but_never_the_word(
    people: Cast, ruth: Visitor, wrong: dict[str, str], words: str
) -> None:
    await near(people)
    await set_word(people, "blauer fuchs")
    back = await check_in(ruth, people, **{"word": "blauer fuchs", **wrong})
    assert back.status == 422
    assert words in back.words
    assert "blauer fuchs" not in back.text
    assert ("Lend, Graz" in back.text) == ("place" not in wrong)


async def test_the_page_is_the_same_whatever_the_word_was_and_the_therapist_is_told(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await near(people)
    await set_word(people, "Blauer Fuchs")
    pages, told = [], []
    for word in ("blauer  FUCHS", "roter fuchs", ""):
        fields = (await ruth.get(f"{door(people)}/check-in")).hidden(f"{door(people)}/check-in")
        sent = await ruth.post(f"{door(people)}/check-in", {**fields, **HOME, "word": word})
        pages.append((sent.status, sent.place, (await ruth.get(door(people))).words))
        told.append(await cards(mira, people))
    assert len(set(pages)) == 1
    assert "Word matches" in told[0]
    assert "Word does not match" in told[1]
    assert "Word not given" in told[2]
    assert not any("fuchs" in one.casefold() for one in told)


async def test_guessing_at_the_word_stops_being_looked_at_and_locks_nobody_out(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await live(people)
    await set_word(people, "blauer fuchs")
    for guess in range(5):
        assert (await anew(ruth, people, word=f"guess {guess}")).status == 303
    right = await anew(ruth, people, word="blauer fuchs")
    assert right.status == 303
    assert "data-composer" in (await ruth.get(door(people))).text
    assert "Word not compared" in await cards(mira, people)


async def test_where_the_practice_wants_a_word_the_client_chooses_one(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await set_rules(people.office, people["mira"], {"code_word": True})
    await near(people)
    assert "Choose your word" in (await ruth.get(door(people))).words
    assert (await check_in(ruth, people, new_word=" ")).status == 422
    assert (await check_in(ruth, people, new_word="Blauer Fuchs")).status == 303
    assert "Word chosen just now" in await cards(mira, people)
    assert "Your word" in (await ruth.get(f"{door(people)}/check-in")).words


@pytest.mark.parametrize("named", ["Austria", "AT", "austria"])
async def test_a_place_outside_the_practices_is_warned_of_before_the_session_opens(
    people: Cast, ruth: Visitor, mira: Visitor, named: str
) -> None:
    await set_rules(people.office, people["mira"], {"regions": [named, "Germany"]})
    await near(people)
    await check_in(ruth, people)
    assert "Outside" not in await cards(mira, people)
    await anew(ruth, people, region="CH")
    shown = (await mira.get(f"/c/{people.conversation('ruth')}")).words
    assert "Please decide before you open the session." in shown
    assert "Outside the places agreed on:" in shown
    assert "Open a session now" in shown


async def test_asked_again_the_client_is_led_back_to_the_questions(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await live(people)
    await check_in(ruth, people)
    place = f"/c/{people.conversation('ruth')}"
    asked = await mira.submit(place, f"{place}/check-ins/ask")
    assert (asked.status, asked.place) == (303, place)
    assert "no answer yet" in await cards(mira, people)
    assert "Checking in once more" in (await ruth.get(door(people))).words
    await check_in(ruth, people, place="the stairwell")
    assert "the stairwell" in await cards(mira, people)
    assert "data-composer" in (await ruth.get(door(people))).text


async def test_only_the_therapist_lets_in_without_a_check_in(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await live(people)
    place = f"/c/{people.conversation('ruth')}"
    let_in = f"{place}/check-ins/let-in"
    fields = (await mira.get(place)).hidden(let_in)
    assert (await ruth.post(let_in, fields)).status == 404
    assert "Where are you now?" in (await ruth.get(door(people))).words
    assert (await mira.post(let_in, fields)).status == 303
    assert "data-composer" in (await ruth.get(door(people))).text
    assert "let in without a check-in" in await cards(mira, people)


async def test_a_couples_half_sees_nothing_of_the_other_on_any_page(
    people: Cast, visitor: Callable[[], Visitor], mira: Visitor
) -> None:
    await live(people, "ben")
    ben, tess = await signed_in(people, visitor, "ben"), await signed_in(people, visitor, "tess")
    await check_in(ben, people, "ben", place="Xylophonplatz", phone="+43 660 9182736")
    await check_in(tess, people, "ben", place="at work", phone="")
    for path in (
        "/me",
        door(people, "ben"),
        f"{door(people, 'ben')}/check-in",
        "/me/check-in",
        "/me/letters",
    ):
        shown = await tess.get(path)
        assert shown.status == 200
        assert "Xylophonplatz" not in shown.text
        assert "9182736" not in shown.text
    seen = await cards(mira, people, "ben")
    assert "Xylophonplatz" in seen
    assert "at work" in seen


async def test_both_sides_are_told_the_number_of_plan_b_and_a_couples_half_is_not(
    people: Cast, ruth: Visitor, mira: Visitor, visitor: Callable[[], Visitor]
) -> None:
    await live(people)
    await check_in(ruth, people)
    assert f"Dr Mira calls you at {HOME['phone']}." in (await ruth.get(door(people))).words
    assert f"Ruth: {HOME['phone']}" in (await mira.get(f"/c/{people.conversation('ruth')}")).words
    await live(people, "ben")
    ben, tess = [await signed_in(people, visitor, name) for name in ("ben", "tess")]
    await check_in(ben, people, "ben")
    await check_in(tess, people, "ben", phone="")
    assert HOME["phone"] not in (await tess.get(door(people, "ben"))).words


async def test_a_moved_sessions_old_answers_do_not_count(people: Cast, ruth: Visitor) -> None:
    session = await near(people)
    await check_in(ruth, people)
    held, circle = await people.enter("ruth", "ruth", Deed.SAY)
    later = replace(session, starts=session.starts + timedelta(hours=3))
    assert not (await own_standing(people.office, held, circle, session)).missing
    assert (await own_standing(people.office, held, circle, later)).missing


async def test_the_own_word_is_changed_by_password_and_seen_by_nobody(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    wrong = await ruth.submit("/me/check-in", "/me/check-in", word="Blauer Fuchs", password="not mine at all")
    assert wrong.status == 422
    assert "That is not your password." in wrong.words
    assert "You have no word yet" in wrong.words
    right = await ruth.submit("/me/check-in", "/me/check-in", word="Blauer Fuchs", password=PASSWORD)
    assert right.place == "/me/check-in?done=1"
    for shown in (
        await ruth.get(right.place),
        await mira.get(f"/c/{people.conversation('ruth')}/check-ins/record"),
    ):
        assert "a word since today" in shown.words
        assert "fuchs" not in shown.text.casefold()


async def test_guessing_the_password_there_is_slowed(people: Cast, ruth: Visitor) -> None:
    fields = (await ruth.get("/me/check-in")).hidden("/me/check-in")
    answers = [
        await ruth.post("/me/check-in", fields | {"word": "fuchs", "password": f"guess number {i}"})
        for i in range(11)
    ]
    assert [one.status for one in answers] == [422] * 10 + [429]


async def test_a_clinician_takes_a_forgotten_word_away(people: Cast, ruth: Visitor, mira: Visitor) -> None:
    await set_word(people, "blauer fuchs")
    record = f"/c/{people.conversation('ruth')}/check-ins/record"
    reset = f"/c/{people.conversation('ruth')}/check-ins/reset-word"
    fields = (await mira.get(record)).hidden(reset)
    assert (await ruth.post(reset, fields)).status == 404
    assert (await mira.post(reset, fields)).status == 303
    assert "has no word" in (await mira.get(record)).words
    assert "You have no word yet" in (await ruth.get("/me/check-in")).words
