"""A pace for words: one half of a couple cannot flood the other, and not a word of theirs is lost by it."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import uuid4

import pytest

from messaging.letters.drafts import DraftKind, drafts_of
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import PASSWORD, Cast, found_cast
from tests.conftest import TestDatabase
from tests.web.visitor import Answer, Visitor
from web.app import application
from web.house import house
from web.serve import web_running

PACE = 3


@dataclass
class Couple:
    """Ben and Tess, where three letters an hour are many, and their therapist's are four."""

    people: Cast
    site: str

    async def by_api(self, who: str, text: str, key: object = None) -> Answer:
        body = json.dumps({"key": str(key or uuid4()), "text": text, "channel": "web"})
        path = f"/api/v1/conversations/{self.people.conversation('ben')}/messages"
        token = {
            "Authorization": f"Bearer {await self.people.token(who)}",
            "Content-Type": "application/json",
        }
        return await Visitor(self.site).ask("POST", path, body, token)

    async def letters(self) -> list[str]:
        held, _ = await self.people.enter("mira", "ben")
        return [
            one.body.text for one in await entries_after(self.people.office, held, 0, 100) if one.is_letter
        ]

    async def drafts(self, who: str) -> list[str]:
        held, _ = await self.people.enter(who, "ben", Deed.WRITE)
        return [one.text for one in await drafts_of(self.people.office, held, DraftKind.LETTER)]


@pytest.fixture
async def couple(database: TestDatabase) -> AsyncIterator[Couple]:
    settings = database.settings(
        QUIETLINE_LETTERS_PER_HOUR=str(PACE), QUIETLINE_CLINICIAN_LETTERS_PER_HOUR=str(PACE + 1)
    )
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(house(settings))
        people = await found_cast(built, password=PASSWORD)
        yield Couple(people, await stack.enter_async_context(web_running(built, application(built))))


async def test_beyond_the_pace_a_letter_stays_a_draft_and_nobody_elses_is_touched(couple: Couple) -> None:
    sent = [await couple.by_api("ben", f"Letter {at}") for at in range(PACE + 2)]
    assert [one.status for one in sent] == [201] * PACE + [429] * 2
    refused = json.loads(sent[-1].raw)
    assert (refused["type"], "as a draft" in refused["detail"]) == ("/problems/too_fast", True)
    assert 1 <= int(sent[-1].headers["retry-after"]) <= 3600 / PACE
    assert await couple.letters() == [f"Letter {at}" for at in range(PACE)]
    assert set(await couple.drafts("ben")) == {f"Letter {at}" for at in range(PACE, PACE + 2)}
    assert (await couple.by_api("tess", "And I?")).status == 201
    of_mira = [(await couple.by_api("mira", f"Answer {at}")).status for at in range(PACE + 2)]
    assert of_mira == [201] * (PACE + 1) + [429]


async def test_what_was_sent_may_come_again_also_beyond_the_pace(couple: Couple) -> None:
    key = uuid4()
    first = await couple.by_api("ben", "Once", key)
    for at in range(PACE):
        await couple.by_api("ben", f"Letter {at}")
    again = await couple.by_api("ben", "Once", key)
    assert (first.status, again.status) == (201, 200)
    assert first.raw == again.raw


async def test_what_could_not_be_sent_for_another_reason_is_not_counted(couple: Couple) -> None:
    assert {(await couple.by_api("ben", "")).status for _ in range(PACE + 2)} == {422}
    assert (await couple.by_api("ben", "At last")).status == 201


@pytest.mark.parametrize(("who", "place"), [("ben", "/me/letters/write"), ("mira", "/c/{0}")])
async def test_the_page_says_it_kindly_and_has_the_words_still(couple: Couple, who: str, place: str) -> None:
    browser, conversation = Visitor(couple.site), couple.people.conversation("ben")
    await browser.enter(couple.people, who)
    for at in range(PACE + 1):
        await couple.by_api(who, f"Letter {at}")
    shown = place.format(conversation)
    action = f"{shown}/letters" if who == "mira" else shown
    refused = await browser.submit(shown, action, text="Do not lose this", conversation=str(conversation))
    assert refused.status == 429
    assert "this one is kept here as a draft" in refused.words
    assert refused.field("text").strip() == "Do not lose this"
    assert "Do not lose this" in await couple.drafts(who)
    assert "Do not lose this" in (await browser.get(shown)).text
