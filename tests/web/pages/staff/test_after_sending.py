"""After sending: what became of one's letter is said where one looks next, and a letter that is out of date does not go."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import delete, update

from messaging.conversations import Kind, Member
from messaging.errors import Busy
from messaging.leaving.notices import SUBJECT, given_subject
from messaging.letters.drafts import DraftKind, drafts_of
from messaging.letters.sending_later import pending_letters
from messaging.letters.writing import Letter, write_letter
from messaging.memory.leaving import MailState
from messaging.memory.sending_later import NoLetterSince, PendingState
from messaging.messages import Body
from messaging.office import Office
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import sign_in
from tests.web.visitor import Answer, Visitor
from threads.tables.installation import queue
from threads.tables.mail import outbox
from web.timekeeping import send_due_letters

CROSSED = "Your letter was stopped."


@pytest.fixture(autouse=True)
async def nothing_left(people: Cast) -> AsyncIterator[None]:
    """What was owed here waits for no courier of other tests in the same database."""
    yield
    async with people.office.memory.people._database.anywhere() as connection:  # type: ignore[attr-defined]
        await connection.execute(delete(queue).where(queue.c.practice_id == people.practice.id))


def later(people: Cast, span: timedelta) -> Office:
    return replace(people.office, clock=lambda: people.office.clock() + span)


async def said(people: Cast, name: str = "ruth") -> list[str]:
    held, _ = await people.enter("mira", name)
    return [one.body.text for one in await entries_after(people.office, held, 0) if one.is_letter]


async def letter(people: Cast, who: str, text: str, where: str = "ruth") -> None:
    held, circle = await people.enter(who, where, Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), text))


async def planned(people: Cast, mira: Visitor, when: str = "undo") -> str:
    place = f"/c/{people.conversation('ruth')}"
    sent = await mira.submit(place, f"{place}/letters", text="Planned.", when=when)
    assert sent.status == 303, sent.words
    return place


def row(page: Answer, people: Cast, name: str) -> str:
    found = re.search(
        rf'<li class="row[^>]*id="row-{people.conversation(name)}".*?</li>', page.text, re.DOTALL
    )
    assert found is not None
    return found[0]


async def state(people: Cast) -> list[PendingState]:
    held, _ = await people.enter("mira", "ruth", Deed.WRITE)
    return [one.state for one in await pending_letters(people.office, held)]


async def with_paul(people: Cast) -> None:
    """Paul cares for Ruth too, in a conversation of three."""
    office, practice = people.office, people.practice.id
    new = NewPerson(Role.PSYCHIATRIST, f"paul-{people.practice.slug}", "Paul")
    people.people["paul"] = await add_person(office, practice, new)
    members = tuple(Member(people[one].id, people[one].role) for one in ("ruth", "mira", "paul"))
    people.conversations["three"] = await begin_conversation(office, practice, Kind.INDIVIDUAL, members)


async def test_the_row_is_marked_and_the_next_letter_offered(people: Cast, mira: Visitor) -> None:
    await letter(people, "ruth", "The first.")
    await letter(people, "linden", "The second.", "linden")
    place = f"/c/{people.conversation('ruth')}"
    assert "Next letter: Linden" in (await mira.get(place)).words
    sent = await mira.submit(place, f"{place}/letters", text="An answer.", when="undo")
    assert sent.place == f"{place}#pending", "one stays where one was"
    shown = await mira.get(place)
    assert "Your letter is on its way." in row(shown, people, "ruth")
    assert f'<a href="/c/{people.conversation("linden")}">Next letter: Linden' in shown.text
    # The other one is not led back to what is on its way.
    there = await mira.get(f"/c/{people.conversation('linden')}")
    assert "Next letter" not in there.words
    await send_due_letters(later(people, timedelta(minutes=1)))
    after = row(await mira.get("/inbox"), people, "ruth")
    assert "on its way" not in after
    assert "You:" in after
    assert "An answer." in after
    assert "Next letter: Linden" in (await mira.get(f"{place}/waits")).words


@pytest.mark.parametrize("when", ["undo", "morning"])
async def test_a_planned_letter_is_stopped_and_asked_about_when_the_client_writes_first(
    people: Cast, mira: Visitor, when: str
) -> None:
    place = await planned(people, mira, when)
    await letter(people, "ruth", "Something has happened.")
    # At once, and not only when its time comes.
    assert CROSSED in row(await mira.get("/inbox"), people, "ruth")
    assert "Not sent yet: another letter came first." in (await mira.get(f"{place}/pending")).words
    await send_due_letters(later(people, timedelta(days=2)))
    assert await said(people) == ["Something has happened."]
    assert await state(people) == [PendingState.CROSSED]
    for page in ("/inbox", "/today"):
        assert CROSSED in row(await mira.get(page), people, "ruth"), page
    shown = await mira.get(place)
    assert "Not sent yet: another letter came first." in shown.words
    assert "Take it back and change it" in shown.words
    (key,) = re.findall(r'/pending/([0-9a-f-]{36})/now"', shown.text)
    assert (await mira.post(f"{place}/pending/{key}/now", {})).status == 303
    assert CROSSED not in row(await mira.get("/inbox"), people, "ruth")
    await send_due_letters(later(people, timedelta(days=2)))
    assert await said(people) == ["Something has happened.", "Planned."]
    assert await state(people) == []


async def test_a_stopped_letter_is_changed_or_thrown_away(people: Cast, mira: Visitor) -> None:
    for deed in ("undo", "discard"):
        place = await planned(people, mira)
        await letter(people, "ruth", "Wait.")
        await send_due_letters(later(people, timedelta(minutes=1)))
        (key,) = re.findall(rf'/pending/([0-9a-f-]{{36}})/{deed}"', (await mira.get(place)).text)
        done = await mira.post(f"{place}/pending/{key}/{deed}", {})
        assert done.status == 303
        assert await state(people) == []
        held, _ = await people.enter("mira", "ruth", Deed.WRITE)
        kept = [one.text for one in await drafts_of(people.office, held, DraftKind.LETTER)]
        assert kept == (["Planned."] if deed == "undo" else [])
        assert (await mira.post(f"{place}/pending/{key}/{deed}", {})).status == 404
    assert "Planned." not in await said(people)


async def test_what_the_writer_knew_of_stops_nothing(people: Cast, mira: Visitor) -> None:
    """Their own letters, words in a session, and what came before they decided."""
    await letter(people, "ruth", "Before.")
    await planned(people, mira)
    await letter(people, "mira", "Another of mine.")
    await send_due_letters(later(people, timedelta(minutes=1)))
    assert await said(people) == ["Before.", "Another of mine.", "Planned."]


async def test_a_letter_that_was_sent_before_the_process_died_is_not_asked_about(
    people: Cast, mira: Visitor
) -> None:
    await planned(people, mira)
    held, circle = await people.enter("mira", "ruth", Deed.WRITE)
    (pending,) = await pending_letters(people.office, held)
    await write_letter(people.office, held, circle, Letter(pending.key, pending.text))
    await letter(people, "ruth", "Thank you.")
    await send_due_letters(later(people, timedelta(minutes=1)))
    assert (await state(people), await said(people)) == ([], ["Planned.", "Thank you."])


async def test_a_letter_that_comes_in_the_very_moment_of_sending_stops_it(people: Cast) -> None:
    """Between the look and the writing: the transaction that writes looks once more."""
    held, circle = await people.enter("mira", "ruth", Deed.WRITE)
    await letter(people, "ruth", "Just now.")
    stale = Letter(uuid4(), "Too late.", unless=NoLetterSince(0, people["mira"].id))
    with pytest.raises(Busy):
        await write_letter(people.office, held, circle, stale)
    fresh = replace(stale, unless=NoLetterSince(1, people["mira"].id))
    await write_letter(people.office, held, circle, fresh)
    assert await said(people) == ["Just now.", "Too late."]


async def test_the_second_of_two_answers_is_stopped_kept_and_shown_the_first(
    people: Cast, mira: Visitor, visitor: Callable[[], Visitor]
) -> None:
    await with_paul(people)
    await letter(people, "ruth", "A question.", "three")
    place = f"/c/{people.conversation('three')}"
    fields = (await mira.get(place)).hidden(f"{place}/letters")  # opened before Paul answers
    await letter(people, "paul", "Paul's answer.", "three")
    for when in ("", "undo"):
        mine = fields | {"text": "Mira's answer.", "when": when, "page": str(uuid4())}
        stopped = await mira.post(f"{place}/letters", mine)
        assert stopped.status == 409
        assert "Paul has answered meanwhile. Yours is kept, and not sent." in stopped.words
        assert "Paul's answer." in stopped.words
        assert stopped.field("text") == "Mira's answer."
    held, _ = await people.enter("mira", "three", Deed.WRITE)
    assert [one.text for one in await drafts_of(people.office, held, DraftKind.LETTER)] == ["Mira's answer."]
    assert await said(people, "three") == ["A question.", "Paul's answer."]
    again = stopped.hidden(f"{place}/letters") | {"text": "Mira's answer.", "when": ""}
    assert "Send mine as well" in stopped.words
    assert (await mira.post(f"{place}/letters", again)).status == 303
    assert await said(people, "three") == ["A question.", "Paul's answer.", "Mira's answer."]
    # A repeat of what is in the record already is no second letter, whatever came since.
    await letter(people, "paul", "And one more.", "three")
    assert (await mira.post(f"{place}/letters", again)).status == 303


async def test_of_two_planned_answers_the_second_waits_for_its_writers_word(
    people: Cast, mira: Visitor
) -> None:
    await with_paul(people)
    await letter(people, "ruth", "A question.", "three")
    place = f"/c/{people.conversation('three')}"
    await mira.submit(place, f"{place}/letters", text="Mira's answer.", when="undo")
    await letter(people, "paul", "Paul's answer.", "three")
    await send_due_letters(later(people, timedelta(minutes=1)))
    assert await said(people, "three") == ["A question.", "Paul's answer."]
    assert "Not sent yet: another letter came first." in (await mira.get(place)).words


@pytest.mark.parametrize("became", [MailState.FAILED, MailState.IN_DOUBT, MailState.STOPPED])
async def test_a_mail_that_did_not_arrive_shows_in_its_row_until_the_client_writes(
    people: Cast, mira: Visitor, became: MailState
) -> None:
    await letter(people, "mira", "Dear Ruth, ...")
    assert "did not arrive" not in row(await mira.get("/inbox"), people, "ruth")
    async with people.office.memory.people._database.within(people.practice.id) as connection:  # type: ignore[attr-defined]
        await connection.execute(
            update(outbox).where(outbox.c.practice_id == people.practice.id).values(state=became)
        )
    for page in ("/inbox", "/inbox/rows", "/today"):
        assert "The mail did not arrive." in row(await mira.get(page), people, "ruth"), page
    assert "did not arrive" not in row(await mira.get("/inbox"), people, "linden")
    await letter(people, "ruth", "I read it here.")
    assert "did not arrive" not in row(await mira.get("/inbox"), people, "ruth")


async def test_a_later_letter_that_arrived_ends_the_alarm(people: Cast, mira: Visitor) -> None:
    await letter(people, "mira", "One.")
    await letter(people, "mira", "Two.")
    async with people.office.memory.people._database.within(people.practice.id) as connection:  # type: ignore[attr-defined]
        for number, became in ((1, MailState.FAILED), (2, MailState.SENT)):
            await connection.execute(
                update(outbox)
                .where(outbox.c.practice_id == people.practice.id, outbox.c.number == number)
                .values(state=became)
            )
    assert "did not arrive" not in row(await mira.get("/inbox"), people, "ruth")


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("my husband and the drinking", "my husband and the drinking"),
        ("Re: my husband and the drinking", "Re: my husband and the drinking"),
        (SUBJECT, ""),
        (f"Re: {SUBJECT}", ""),
        (f"AW: Re[2]: {SUBJECT.upper()} ", ""),
        (f"Antw：{SUBJECT}", ""),
        (f"About: {SUBJECT}, and more", f"About: {SUBJECT}, and more"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_a_subject_is_shown_unless_it_is_only_ours(subject: str, shown: str) -> None:
    assert given_subject(subject) == shown


async def test_the_clients_own_subject_stands_inside_the_letter_and_nowhere_else(
    people: Cast, mira: Visitor, ruth: Visitor
) -> None:
    held, _ = await people.enter("ruth", "ruth", Deed.WRITE)
    body = Body(text="Hard days.", subject="my husband <b> and the drinking")
    await post(people.office, Where.by(held), Draft(uuid4(), body, letter=None))
    place = f"/c/{people.conversation('ruth')}"
    for browser, page in ((mira, place), (mira, f"{place}/entries/1"), (ruth, "/me/letters")):
        shown = (await browser.get(page)).text
        assert "<bdi>my husband &lt;b&gt; and the drinking</bdi>" in shown, page
        assert shown.count("drinking") == 1
        title = re.search(r"<title>(.*?)</title>", shown)
        assert title is None or "husband" not in title[1]
    for browser, page in ((mira, "/inbox"), (mira, "/today"), (ruth, "/me")):
        assert "drinking" not in (await browser.get(page)).text, page


async def test_on_the_page_one_stays_at_the_end_and_is_led_on(
    people: Cast, site: str, browser: Browser
) -> None:
    for number in range(12):
        await letter(people, "ruth", f"Letter {number}.\n\n" + "Some words. " * 60)
    await letter(people, "linden", "And I.", "linden")
    page = await browser.new_page(viewport={"width": 1280, "height": 700})
    await sign_in(page, site, people, "mira")
    await page.goto(f"{site}/c/{people.conversation('ruth')}")
    await page.keyboard.press("r")
    await page.locator("#answer-text").fill("An answer.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#pending")).to_contain_text("Your letter goes in a moment")
    left = "log => log.scrollHeight - log.scrollTop - log.clientHeight"
    await expect(page.locator("[data-log]")).to_be_visible()
    assert await page.locator("[data-log]").evaluate(left) < 4
    await expect(page.locator(f"#row-{people.conversation('ruth')}")).to_contain_text(
        "Your letter is on its way."
    )
    await page.get_by_role("link", name="Next letter: Linden").click()
    await expect(page.get_by_role("heading", level=1, name="Linden")).to_be_visible()
    # The client writes first: at once the row, and the bar of the page that lies open, say so.
    await page.go_back()
    await letter(people, "ruth", "One more thing.")
    await expect(page.locator("#pending")).to_contain_text("Not sent yet: another letter came first.")
    await expect(page.locator(f"#row-{people.conversation('ruth')}")).to_contain_text(CROSSED)
    await page.close()
