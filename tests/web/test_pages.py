"""Letters, sessions and the inbox through the real pages, over a real database, without scripts."""

from tests.cast import Cast
from tests.web.visitor import Visitor


async def test_a_letter_goes_from_the_client_to_the_inbox_and_its_answer_back(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    place = f"/c/{people.conversation('ruth')}"
    sent = await ruth.submit(
        "/me/letters/write", "/me/letters/write", text="I keep going back to that evening."
    )
    assert (sent.status, sent.place) == (303, "/me/letters?sent=1")
    assert "safely here" in (await ruth.get(sent.place)).words
    inbox = await mira.get("/inbox")
    assert "Waiting for you 1" in inbox.words
    assert "I keep going back" in inbox.words
    opened = await mira.get(place)
    assert "answer by" in opened.words
    answered = await mira.submit(place, f"{place}/letters", text="Where would you like to begin?")
    assert (answered.status, answered.place) == (303, f"{place}#n2")
    assert "Nothing waits for an answer here" in (await mira.get(place)).words
    read = await ruth.get("/me/letters")
    assert "Where would you like to begin?" in read.words
    assert "A letter from Dr Mira" in (await ruth.get("/me")).words
