"""A calendar's answer, an absence note, a list's mail: the words are on the page, with what it is and the original."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from messaging.memory.arriving import OriginalState
from tests.cast import Cast
from tests.channels.email.post import Post, open_post
from tests.web.visitor import Visitor

TYPED = "I cannot come, I am in hospital since last night. Please call me."
AWAY = "I am away until Monday. My sister has the key."


@pytest.fixture
async def post(people: Cast) -> AsyncIterator[Post]:
    async with open_post(people) as opened:
        yield opened


async def arrive(post: Post, letter: bytes) -> None:
    assert (await post.offer(letter, await post.address("ruth"))).startswith("250")
    await post.read_all()


async def waiting(post: Post) -> datetime | None:
    _, circle = await post.cast.enter("mira", "ruth")
    return circle.conversation.waiting_since


def pressed(post: Post, state: str, words: str = "") -> bytes:
    """What a calendar sends of ruth."""
    starts = post.cast.office.clock() + timedelta(days=2)
    body = (
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n--b\r\n"
        "Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:1@practice.test\r\nDTSTART:{starts:%Y%m%dT%H%M%SZ}\r\nSUMMARY:Appointment\r\n"
        f"ATTENDEE;PARTSTAT={state}:mailto:{post.cast['ruth'].email}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--"
    )
    return post.letter("ruth", body, Content_Type='multipart/alternative; boundary="b"', MIME_Version="1.0")


@pytest.fixture
def page(people: Cast) -> str:
    return f"/c/{people.conversation('ruth')}"


async def test_a_no_with_words_is_a_letter_that_says_it_is_a_no(post: Post, mira: Visitor, page: str) -> None:
    await arrive(post, pressed(post, "DECLINED", TYPED))
    assert await post.counts() == {OriginalState.DELIVERED: 1}
    assert await waiting(post) is not None, "somebody wrote, and waits"
    seen = await mira.get(page)
    assert TYPED in seen.words
    assert "declined the session of" in seen.words
    assert "view original" in seen.words


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("DECLINED", "declined the session of"),
        ("ACCEPTED", "accepted the session of"),
        ("TENTATIVE", 'answered "perhaps" to the session of'),
        ("X-LATER", "answered about the session of"),
    ],
)
async def test_a_no_without_words_is_told_and_nobody_waits(
    post: Post, mira: Visitor, page: str, state: str, said: str
) -> None:
    await arrive(post, pressed(post, state))
    assert await post.counts() == {OriginalState.EVENT: 1}
    assert await waiting(post) is None
    (entry,) = await post.entries("ruth")
    seen = await mira.get(page)
    assert said in seen.words
    original = await mira.get(f"{page}/original/{entry.number}")
    assert original.status == 200
    assert f"{page}/original/{entry.number}" in seen.text


async def test_an_absence_note_is_read_by_who_answers_and_by_nobody_else(
    post: Post, mira: Visitor, ruth: Visitor, page: str
) -> None:
    await arrive(post, post.letter("ruth", AWAY, Auto_Submitted="auto-replied"))
    assert await waiting(post) is None
    seen = await mira.get(page)
    assert AWAY in seen.words
    assert "An automatic mail came, for example an absence note" in seen.words
    (entry,) = await post.entries("ruth")
    assert f"{page}/original/{entry.number}" in seen.text
    for place in ("/me", "/me/letters"):
        assert AWAY not in (await ruth.get(place)).words


LISTED = {
    "a sending service": {"List_Unsubscribe": "<mailto:u@relay.example>"},
    "a sending service, by link": {
        "List_Unsubscribe": "<https://relay.example/u>",
        "List_Unsubscribe_Post": "x",
    },
    "an answer with a list's fields": {
        "List_Id": "<x.relay.example>",
        "In_Reply_To": "<letter-1@mail.practice.test>",
    },
    "one more": {"Precedence": "list", "References": "<letter-1@mail.practice.test>"},
}


@pytest.mark.parametrize("fields", LISTED.values(), ids=LISTED)
async def test_a_persons_letter_stays_one_whatever_its_relay_adds(
    post: Post, mira: Visitor, page: str, fields: dict[str, str]
) -> None:
    await arrive(post, post.letter("ruth", "Dear Mira, it is worse.", **fields))
    assert await post.counts() == {OriginalState.DELIVERED: 1}
    assert await waiting(post) is not None
    assert "Dear Mira, it is worse." in (await mira.get(page)).words


async def test_what_a_list_sends_is_quiet_and_still_can_be_read(post: Post, mira: Visitor, page: str) -> None:
    await arrive(post, post.letter("ruth", "The choir meets at six.", List_Id="<choir.example.org>"))
    assert await waiting(post) is None
    seen = await mira.get(page)
    assert "The choir meets at six." in seen.words
    assert "A mail came by way of a mailing list" in seen.words
